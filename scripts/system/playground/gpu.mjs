import { answered, said, train, visit } from './tab.mjs';

/** Keeps the devices that a worker opens where a check finds them. */
const keepsDevices = `{
  const open = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await open.apply(this, given);
    (globalThis.devices ??= []).push(device);
    return device;
  };
}
`;

/** The page on WebGPU; SwiftShader in a browser without a GPU. */
export const onGpu = {
  async 'WebGPU answers, and a device lost in training loses no finished epoch'(browser, { url, full }) {
    if (!full) return ': only with --full'; // in software, minutes
    const tab = await visit(browser, `${url}#methods=coop&shots=1&epochs=30&device=webgpu`, {
      serviceWorkers: 'block',
      async before(context) {
        await context.route('**/worker-*.js', async route => {
          const response = await route.fetch();
          await route.fulfill({ response, body: keepsDevices + (await response.text()) });
        });
      },
    });
    const { page } = tab;
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await said(page, /epoch \d+ of 30/);
    const worker = page.workers().find(one => /worker-[^/]*\.js$/.test(one.url())); // others are threads that wait
    const lost = await worker.evaluate(() => {
      const devices = globalThis.devices ?? [];
      for (const device of devices) device.destroy();
      return devices.length;
    });
    if (lost === 0) throw new Error('the worker has no device');
    await said(page, 'The WebGPU device was lost.');
    await page.getByRole('combobox', { name: 'Compute' }).selectOption('wasm');
    await answered(page);
    await said(page, /stopped after \d+ epoch/);
    const rows = await train(page, 'Continue');
    await tab.close();
    if (!(Number(rows.coop?.[0]) > 0)) throw new Error(`the table is ${JSON.stringify(rows)}`);
    return `: CoOp ${rows.coop.slice(0, 3).join('/')}`;
  },
};
