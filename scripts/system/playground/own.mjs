import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import { pictures } from '../commands.mjs';
import { answered, choose, setNumber, train, visit } from './tab.mjs';

const hostile = '<b>red</b>';

/** The user's pictures: folders, a zip, the camera. */
export const own = {
  async 'folders of pictures become classes, are trained on, and survive a reload'(browser, { url }) {
    const folder = await colours(['red', 'green', 'blue', 'grey_stone'], 8);
    const tab = await ownPictures(browser, url);
    const { page } = tab;
    await page.locator('#own-folder').setInputFiles(folder);
    await page.getByLabel('Name of the class').nth(3).waitFor();
    const names = await page.getByLabel('Name of the class').evaluateAll(inputs => inputs.map(({ value }) => value));
    if (names.join() !== 'blue,green,grey stone,red') throw new Error(`the classes are ${names}`);
    await page.getByLabel('Name of the class').nth(3).fill(hostile);
    await page.getByRole('button', { name: 'Use these pictures' }).click();
    await page.getByText('4 classes · 16 to train').waitFor();
    await choose(page, ['clip', 'gda', 'coop']);
    await setNumber(page, 'Shots', 4);
    await setNumber(page, 'Epochs', 2);
    const rows = await train(page);
    if (!(Number(rows.coop?.[0]) >= 0)) throw new Error(`the table is ${JSON.stringify(rows)}`);
    await page.getByText(hostile).first().waitFor();
    await page.reload();
    await page.locator('[data-method=coop][data-state=done]').waitFor();
    await tab.close();
    rmSync(folder, { recursive: true });
    return `: CLIP ${rows.clip[0]}, GDA ${rows.gda[0]}, CoOp ${rows.coop[0]}`;
  },

  async 'results belong to the bytes of the pictures, not to their names and sizes'(browser, { url }) {
    const tab = await ownPictures(browser, url);
    const { page } = tab;
    const use = async swapped => {
      await page.locator('#own-files').setInputFiles(zipOfBitmaps(swapped));
      await page.getByText('2 classes').first().waitFor();
      await page.getByRole('button', { name: 'Use these pictures' }).click();
      await page.getByRole('button', { name: 'In use' }).waitFor();
    };
    await use(false);
    await choose(page, ['gda']);
    await train(page);
    const done = page.locator('[data-method=gda][data-state=done]');
    await done.waitFor();
    for (const swapped of [true, false]) {
      await page.getByRole('button', { name: 'Remove all' }).click();
      await use(swapped);
      await answered(page);
      if (!swapped) await done.waitFor();
      else if (await done.count()) throw new Error('the results of other pictures are shown');
    }
    await tab.close();
  },

  async 'a zip is unpacked'(browser, { url }) {
    const folder = await colours(['red', 'blue'], 3);
    const inside = {};
    for (const name of ['red', 'blue'])
      for (const file of readdirSync(join(folder, name)))
        inside[`colours/${name}/${file}`] = readFileSync(join(folder, name, file));
    const tab = await ownPictures(browser, url);
    const buffer = Buffer.from(zipSync(inside));
    await tab.page.locator('#own-files').setInputFiles({ name: 'colours.zip', mimeType: 'application/zip', buffer });
    await tab.page.getByRole('button', { name: 'Use these pictures' }).click();
    await tab.page.getByText('2 classes · ').first().waitFor();
    await tab.close();
    rmSync(folder, { recursive: true });
  },

  async 'folders can be dropped on the page'(browser, { url }) {
    const tab = await ownPictures(browser, url);
    await tab.page.evaluate(async () => {
      const canvas = new OffscreenCanvas(8, 8);
      canvas.getContext('2d').fillRect(0, 0, 8, 8);
      const blob = await canvas.convertToBlob();
      const dataTransfer = new DataTransfer();
      for (const name of ['a.png', 'b.png']) dataTransfer.items.add(new File([blob], name, { type: 'image/png' }));
      const zone = [...document.querySelectorAll('#data fieldset')].find(one =>
        one.textContent.includes('Drop folders'),
      );
      zone.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
    });
    await tab.page.getByText('2 pictures').first().waitFor();
    await tab.close();
  },

  async 'the camera collects pictures while its button is held'(browser, { url }) {
    const tab = await ownPictures(browser, url, { permissions: ['camera'] });
    const { page } = tab;
    for (const i of [0, 1]) {
      await page.getByRole('button', { name: 'New class' }).click();
      await page.getByRole('button', { name: 'Film' }).nth(i).click();
      await page.waitForFunction(() => document.querySelector('#data video')?.videoWidth > 0);
      const hold = page.getByRole('button', { name: 'Hold to collect' });
      await hold.focus();
      await page.keyboard.down('Space');
      await page.waitForFunction(n => document.querySelectorAll('#data canvas').length >= n, 4 * (i + 1));
      await page.keyboard.up('Space');
      await page.getByRole('button', { name: 'Done' }).click();
    }
    await page.getByRole('button', { name: 'Use these pictures' }).click();
    await page.getByText('2 classes · ').first().waitFor();
    await tab.close();
  },
};

/** Two classes of three red and three blue bitmaps; swapped, the same names and sizes hold the other colour. */
function zipOfBitmaps(swapped) {
  const inside = {};
  for (const name of ['red', 'blue'])
    for (const i of [1, 2, 3])
      inside[`${name}/${i}.bmp`] = bitmap((name === 'red') !== swapped ? [0, 0, 200 + i] : [200 + i, 0, 0]);
  return { name: 'bitmaps.zip', mimeType: 'application/zip', buffer: Buffer.from(zipSync(inside)) };
}

/** A BMP file of 8 × 8 pixels of one colour (blue, green, red). */
function bitmap(colour) {
  const bytes = Buffer.alloc(54 + 8 * 8 * 3);
  bytes.write('BM');
  bytes.writeUInt32LE(bytes.length, 2);
  for (const [at, value] of [
    [10, 54],
    [14, 40],
    [18, 8],
    [22, 8],
  ])
    bytes.writeUInt32LE(value, at);
  bytes.writeUInt16LE(1, 26);
  bytes.writeUInt16LE(24, 28);
  for (let i = 54; i < bytes.length; i += 3) bytes.set(colour, i);
  return bytes;
}

/** Opens the page and selects the user's own pictures. */
export async function ownPictures(browser, url, options) {
  const tab = await visit(browser, url, options);
  await tab.page.getByText('Your own', { exact: true }).click();
  await tab.page.getByRole('button', { name: 'New class' }).waitFor();
  return tab;
}

const colours = (names, each) => pictures(mkdtempSync(join(tmpdir(), 'colours-')), names, each);

export { colours };
