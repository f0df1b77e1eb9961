import { rmSync } from 'node:fs';
import { colours, ownPictures } from './own.mjs';
import { said, train, visit } from './tab.mjs';

/** Every problem is reported in one clear line, and no trained method is lost. */
export const badInput = {
  async 'without WebAssembly SIMD the page says so'(browser, { url }) {
    const init = () => {
      WebAssembly.validate = () => false;
    };
    const tab = await visit(browser, url, { init, started: false });
    await said(tab.page, 'This browser has no WebAssembly SIMD');
    await tab.close();
  },

  async 'one class, a class of one picture, and two classes of one name are reported'(browser, { url }) {
    const folder = await colours(['red', 'blue'], 1);
    const tab = await ownPictures(browser, url);
    const { page } = tab;
    await page.getByRole('button', { name: 'New class' }).click();
    await said(page, 'Add at least two classes');
    await page.getByRole('button', { name: 'Remove class class 1' }).click();
    await page.locator('#own-folder').setInputFiles(folder);
    await said(page, 'needs two pictures or more');
    await page.getByLabel('Name of the class').nth(1).fill('Blue');
    await said(page, 'Two classes are named');
    await tab.close();
    rmSync(folder, { recursive: true });
  },

  async 'HEIC pictures, other files, damaged zips and damaged pictures are reported'(browser, { url }) {
    const tab = await ownPictures(browser, url);
    const { page } = tab;
    const files = page.locator('#own-files');
    const buffer = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic');
    await files.setInputFiles([{ name: 'a.heic', mimeType: 'image/heic', buffer }]);
    await said(page, '1 HEIC picture left out');
    await files.setInputFiles([{ name: 'notes.txt', mimeType: 'text/plain', buffer }]);
    await said(page, 'No pictures found');
    await files.setInputFiles([{ name: 'a.zip', mimeType: 'application/zip', buffer }]);
    await said(page, 'a.zip is damaged');
    await page.locator('#try-file').setInputFiles([{ name: 'bad.png', mimeType: 'image/png', buffer }]);
    await page
      .locator('#try')
      .getByText(/bad\.png|cannot be|could not|not an image/i)
      .first()
      .waitFor();
    await tab.close();
  },

  async 'a file that is not a CLIP is reported, and the mini-CLIP still works'(browser, { url }) {
    const tab = await visit(browser, url);
    const { page } = tab;
    await page.getByRole('radio', { name: 'A file of yours' }).check();
    const buffer = Buffer.from('this is no checkpoint');
    await page.locator('#clip-files').setInputFiles([{ name: 'x.safetensors', mimeType: '', buffer }]);
    await page
      .locator('#clip')
      .getByText(/x\.safetensors/)
      .first()
      .waitFor();
    await page.getByRole('radio', { name: 'Mini-CLIP' }).check();
    await page.locator('[data-testid=clip-facts]').waitFor();
    await tab.close();
  },

  async 'the page answers while 5,000 files are dropped'(browser, { url }) {
    const tab = await ownPictures(browser, url);
    const longest = await tab.page.evaluate(dropMany, 5000);
    await tab.page
      .getByText(/5,000 pictures/)
      .first()
      .waitFor();
    await tab.close();
    if (longest > 1000) throw new Error(`it stood still for ${longest} ms`);
    return `: it stood still for ${Math.round(longest)} ms at most`;
  },

  async 'a denied camera is reported'(browser, { url }) {
    const init = () => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('no', 'NotAllowedError'));
    };
    const tab = await ownPictures(browser, url, { init });
    await tab.page.getByRole('button', { name: 'New class' }).click();
    await tab.page.getByRole('button', { name: 'Film' }).click();
    await said(tab.page, 'The camera was denied.');
    await tab.close();
  },

  async 'full storage is reported, and training continues'(browser, { url }) {
    const tab = await visit(browser, `${url}#methods=coop&shots=1&epochs=2`);
    const { page, context } = tab;
    const devtools = await context.newCDPSession(page);
    await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(url).origin, quotaSize: 1 });
    const rows = await train(page);
    await said(page, 'storage is full');
    if (!(Number(rows.coop[0]) > 0)) throw new Error('it was not trained');
    await tab.close();
  },
};

/** Runs in the page: drops files, and measures the longest time between two frames. */
async function dropMany(count) {
  const canvas = new OffscreenCanvas(32, 32);
  canvas.getContext('2d').fillRect(0, 0, 16, 16);
  const blob = await canvas.convertToBlob();
  const dataTransfer = new DataTransfer();
  for (let i = 0; i < count; i++) dataTransfer.items.add(new File([blob], `${i}.png`, { type: 'image/png' }));
  const zone = [...document.querySelectorAll('#data fieldset')].find(one => one.textContent.includes('Drop folders'));
  let [last, longest, going] = [performance.now(), 0, true];
  const frame = now => {
    longest = Math.max(longest, now - last);
    last = now;
    if (going) requestAnimationFrame(frame);
  };
  requestAnimationFrame(frame);
  zone.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
  while (!document.body.innerText.includes('5,000 pictures')) await new Promise(resolve => setTimeout(resolve, 20));
  await new Promise(resolve => setTimeout(resolve, 1000));
  going = false;
  return longest;
}
