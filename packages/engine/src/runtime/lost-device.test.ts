import { expect, test } from 'vitest';
import { untilLost } from './lost-device.browser.js';
import { runError } from './run-error.js';

/** A device that can be lost. */
function fakeDevice() {
  let lose!: (how: { message: string }) => void;
  const lost = new Promise<{ message: string }>(resolve => {
    lose = resolve;
  });
  return { device: { lost }, lose };
}

test('work waiting for a lost WebGPU device fails, and so does later work', async () => {
  const { device, lose } = fakeDevice();
  expect(await untilLost(device, async () => 'done')).toBe('done');
  const waits = untilLost(device, () => new Promise(() => {}));
  lose({ message: 'It was destroyed.' });
  await expect(waits).rejects.toThrow('The device was lost. It was destroyed.');
  const later = untilLost(device, () => expect.unreachable('ONNX Runtime is not asked again'));
  await expect(later).rejects.toThrow('The device was lost.');
});

test('work that fails just before its device reports that it is lost fails with that reason', async () => {
  const { device, lose } = fakeDevice();
  const fails = untilLost(device, () => Promise.reject(new Error('mapAsync failed')));
  setTimeout(() => lose({ message: 'It was destroyed.' }), 10);
  await expect(fails).rejects.toThrow('The device was lost. It was destroyed.');
});

test("the work's own errors stay unchanged", async () => {
  const failing = untilLost(fakeDevice().device, () => Promise.reject(new Error('no kernel')));
  await expect(failing).rejects.toThrow('no kernel');
});

test('the error of a lost device says what to do', async () => {
  const { device, lose } = fakeDevice();
  lose({ message: '' });
  await device.lost;
  const error = await untilLost(device, async () => 'done').catch(runError);
  expect((error as Error).message).toContain('The GPU was lost while it computed: start again');
});
