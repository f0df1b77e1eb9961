import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { serve } from '../static-server.mjs';
import { allowed, exported, largestDifference } from './exported.mjs';
import { contrasts, inChromium } from './in-chromium.mjs';

/** The exported page, and the exported files in onnxruntime-web, in a real headless Chromium. */
export const chromium = {
  name: 'exported file and page in Chromium',
  run: () => inChromium(exported, checks, ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream']),
};

const checks = {
  async "onnxruntime-web gives predict's probabilities"(browser, { page, model, images }) {
    const tab = await opened(browser, pathToFileURL(join(page, 'index.html')).href);
    const { default: sharp } = await import('sharp');
    let worst = 0;
    for (const image of images) {
      const { data, info } = await sharp(image.path).removeAlpha().raw().toBuffer({ resolveWithObject: true });
      const input = { base64: data.toString('base64'), shape: [info.height, info.width, 3] };
      const { labels, scores } = await tab.evaluate(answer, {
        model: images[0] === image ? base64(model('fp32')) : '',
        input,
      });
      worst = Math.max(worst, largestDifference(labels, scores, image));
    }
    await tab.close();
    if (!(worst <= allowed.fp32)) throw new Error(`they differ by ${worst}`);
    return `: they differ by ${worst.toExponential(1)} at most on ${images.length} images`;
  },

  async 'the page works when opened from disk'(browser, { page, images }) {
    await answersFor(browser, pathToFileURL(join(page, 'index.html')).href, images);
  },

  async 'the page works when served'(browser, { page, images }) {
    const { url, close } = await serve(page, { isolated: false });
    await answersFor(browser, url, images);
    close();
  },

  async 'a dropped image gets an answer, and a broken one is reported'(browser, { page, images }) {
    const tab = await opened(browser, pathToFileURL(join(page, 'index.html')).href);
    const [image] = images;
    await tab.evaluate(drop, { base64: base64(image.path), name: 'dropped.png' });
    await said(tab, `It seems to be: ${image.predictions[0].label}`);
    await tab.evaluate(drop, { base64: btoa('not pixels'), name: 'words.png' });
    await tab.locator('#problem', { hasText: 'words.png is not an image' }).waitFor();
    await tab.close();
  },

  async 'a photograph is read as it is stored, whatever its orientation tag says'(browser, { page, images }) {
    const { default: sharp } = await import('sharp');
    const answers = [];
    for (const format of ['jpeg', 'webp'])
      for (const orientation of [1, 6]) {
        const picture = sharp(images[0].path).resize(90, 40, { fit: 'fill' }).removeAlpha();
        const bytes = await picture.toFormat(format, { quality: 100 }).withMetadata({ orientation }).toBuffer();
        const tab = await opened(browser, pathToFileURL(join(page, 'index.html')).href);
        await tab.evaluate(drop, { base64: bytes.toString('base64'), name: `photograph.${format}` });
        await said(tab, 'It seems to be: ');
        answers.push((await tab.getByRole('listitem').allInnerTexts()).join());
        await tab.close();
      }
    const [jpeg, turnedJpeg, webp, turnedWebp] = answers;
    if (jpeg !== turnedJpeg || webp !== turnedWebp) throw new Error(`it answers ${answers.join(' | ')}`);
  },

  async 'the keyboard alone reaches everything, and the camera takes a picture'(browser, { page }) {
    const tab = await opened(browser, pathToFileURL(join(page, 'index.html')).href);
    const focus = () => tab.evaluate(() => document.activeElement.id || document.activeElement.tagName);
    const order = [];
    for (let i = 0; i < 3; i++) {
      await tab.keyboard.press('Tab');
      order.push(await focus());
    }
    if (order.join() !== 'file,camera,SUMMARY') throw new Error(`Tab reaches ${order}`);
    await tab.keyboard.press('Shift+Tab');
    await tab.keyboard.press('Enter');
    await tab.locator('#shoot:focus').waitFor();
    await tab.waitForFunction(() => document.getElementById('video').videoWidth > 0);
    await tab.keyboard.press('Enter');
    await said(tab, 'It seems to be: ');
    if ((await focus()) !== 'camera') throw new Error(`the focus is on ${await focus()} after the camera`);
    await tab.close();
  },

  async 'roles and names are present for a screen reader'(browser, { page, images }) {
    const tab = await opened(browser, pathToFileURL(join(page, 'index.html')).href);
    await tab.setInputFiles('#file', images[0].path);
    await said(tab, 'It seems to be: ');
    await tab.getByRole('heading', { name: 'What it seems to be' }).waitFor();
    await tab.getByRole('status').waitFor();
    await tab.getByRole('button', { name: 'Use the camera' }).waitFor();
    await tab.getByLabel('Choose an image', { exact: true }).first().waitFor();
    const items = await tab.getByRole('region', { name: 'What it seems to be' }).getByRole('listitem').allInnerTexts();
    if (!items[0]?.replace(/\s+/g, ' ').includes(images[0].predictions[0].label))
      throw new Error(`the list says ${items}`);
    await tab.close();
  },

  async 'text stands out from its ground, light and dark'(browser, { page }) {
    for (const colorScheme of ['light', 'dark']) {
      const tab = await browser.newPage({ colorScheme });
      await tab.goto(pathToFileURL(join(page, 'index.html')).href);
      const contrast = await tab.evaluate(contrasts, texts);
      await tab.close();
      const low = contrast.filter(({ ratio }) => ratio < 4.5);
      if (low.length > 0)
        throw new Error(`${colorScheme}: ${low.map(({ selector, ratio }) => `${selector} ${ratio.toFixed(1)}`)}`);
    }
  },
};

/** The texts on the page. */
const texts = ['title', 'about', 'state', 'choose', 'camera', 'problem', 'classes', 'result-title'].map(id => `#${id}`);

/** The page, ready; any network request or error in it fails the check. */
async function opened(browser, url) {
  const tab = await browser.newPage();
  const own = new URL('.', url).href;
  tab.on('request', request => {
    const asked = request.url();
    if (!asked.startsWith(own) && !/^(blob|data):/.test(asked)) tab.trouble = new Error(`the page asked for ${asked}`);
  });
  tab.on('pageerror', error => {
    tab.trouble = error;
  });
  await tab.goto(url);
  await said(tab, 'Ready.');
  return tab;
}

async function said(tab, text) {
  await tab
    .locator('#state', { hasText: text })
    .waitFor({ timeout: 60_000 })
    .catch(async () => {
      const [state, problem] = await Promise.all(['#state', '#problem'].map(id => tab.textContent(id)));
      throw new Error(`the page says "${state}${problem}", not "${text}"`);
    });
  if (tab.trouble) throw tab.trouble;
}

async function answersFor(browser, url, images) {
  const tab = await opened(browser, url);
  for (const { path, predictions } of images.slice(0, 3)) {
    await tab.setInputFiles('#file', path);
    await said(tab, `It seems to be: ${predictions[0].label}, ${(100 * predictions[0].score).toFixed(1)} %.`);
  }
  await tab.close();
}

const base64 = path => readFileSync(path).toString('base64');

/** Runs in the page: a session of the model's bytes with only onnxruntime-web, and its answer for RGB bytes. */
async function answer({ model, input }) {
  const bytes = text => Uint8Array.from(atob(text), c => c.charCodeAt(0));
  const { ort } = globalThis;
  globalThis.bare ??= await ort.InferenceSession.create(bytes(model), { executionProviders: ['wasm'] });
  const image = new ort.Tensor('uint8', bytes(input.base64), input.shape);
  const { probabilities, labels } = await globalThis.bare.run({ image });
  return { labels: [...labels.data], scores: [...probabilities.data] };
}

/** Runs in the page: drops a file on it. */
function drop({ base64, name }) {
  const bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0));
  const dataTransfer = new DataTransfer();
  dataTransfer.items.add(new File([bytes], name, { type: 'image/png' }));
  document
    .getElementById('drop')
    .dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, cancelable: true }));
}
