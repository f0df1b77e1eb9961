import { rmSync } from 'node:fs';
import { colours, ownPictures } from './own.mjs';
import { answered, choose, said, setNumber, train } from './tab.mjs';

/** Stores the devices that a worker opens in a global, for the check. */
const keepsDevices = `{
  const open = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = async function (...given) {
    const device = await open.apply(this, given);
    (globalThis.devices ??= []).push(device);
    return device;
  };
}
`;

/** The page on WebGPU; in a browser without a GPU on SwiftShader, hence few classes and pictures. */
export const onGpu = {
  async 'WebGPU answers, and a device lost in training loses no finished epoch'(browser, { url, full }) {
    if (!full) return ': only with --full'; // takes minutes in software
    const folder = await colours(['red', 'blue'], 4);
    const tab = await ownPictures(browser, url, {
      serviceWorkers: 'block',
      async before(context) {
        await context.route('**/worker-*.js', async route => {
          const response = await route.fetch();
          await route.fulfill({ response, body: keepsDevices + (await response.text()) });
        });
      },
    });
    const { page } = tab;
    await page.locator('#own-folder').setInputFiles(folder);
    await page.getByRole('button', { name: 'Use these pictures' }).click();
    await page.getByText('2 classes · ').first().waitFor();
    await choose(page, ['coop']);
    await setNumber(page, 'Shots', 1);
    await setNumber(page, 'Epochs', 20);
    await page.getByRole('combobox', { name: 'Compute' }).selectOption('webgpu');
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await said(page, /epoch [2-9] of 20/); // one is finished
    const worker = page.workers().find(one => /worker-[^/]*\.js$/.test(one.url())); // others are idle threads
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
    rmSync(folder, { recursive: true });
    if (!(Number(rows.coop?.[0]) > 0)) throw new Error(`the table is ${JSON.stringify(rows)}`);
    return `: CoOp ${rows.coop.slice(0, 3).join('/')}`;
  },
};
