import { expect, test } from 'vitest';
import { activeDevice, builtInDevices, useDevice } from './device.js';
import { deviceFault } from './device-fault.js';

test('the CPU starts', async () => {
  expect(builtInDevices()).toContain('cpu');
  expect(await deviceFault('cpu')).toBeUndefined();
});

test('the reason why a device does not start is one line without positions in foreign sources', async () => {
  const fault = await deviceFault('abacus');
  expect(fault).toMatch(/abacus/);
  expect(fault).not.toMatch(/\n|\.cc:/);
});

test('a device that is built in but does not start is rejected before anything runs on it', async () => {
  for (const device of builtInDevices()) {
    const fault = await deviceFault(device);
    if (fault === undefined) continue;
    await expect(useDevice({ device })).rejects.toThrow(`Device '${device}' does not start on this machine: ${fault}.`);
  }
});

test('a backend that does not start leaves the settings unchanged', async () => {
  await useDevice({ threads: 1 });
  await expect(useDevice({ threads: 2, backend: 'absent' as never })).rejects.toThrow('absent');
  expect(activeDevice().threads).toBe(1);
});
