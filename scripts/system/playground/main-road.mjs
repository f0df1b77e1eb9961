import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { unzipSync } from 'fflate';
import { root } from '../../setup.mjs';
import { serve } from '../../static-server.mjs';
import { answered, downloaded, said, setNumber, startTraining, table, train, visit } from './tab.mjs';

/** Most bytes that a first visit may transfer. */
const mostBytes = 25e6;
const methods = ['clip', 'coop', 'maple', 'dgprompt'];

/** The five steps, in order. */
export const mainRoad = {
  async 'a first visit, under its own path, classifies a picture'(browser, { folder }) {
    let bytes = 0;
    const onSent = count => {
      bytes += count;
    };
    const { url, close } = await serve(folder, { prefix: '/some/where/', onSent });
    const started = performance.now();
    const tab = await visit(browser, url);
    const seconds = (performance.now() - started) / 1000;
    const sent = bytes;
    await tab.close();
    await close();
    if (sent > mostBytes) throw new Error(`${sent} bytes are more than ${mostBytes}`);
    return `: ${seconds.toFixed(1)} s, ${(sent / 1e6).toFixed(1)} MB`;
  },

  async 'DGPrompt is trained on 16 shots of a class'(browser, { url, full }) {
    if (!full) return ': only with --full';
    const tab = await visit(browser, `${url}#methods=dgprompt`);
    const started = performance.now();
    const { dgprompt } = await train(tab.page);
    await tab.close();
    return `: ${dgprompt.slice(0, 3).join('/')} in ${((performance.now() - started) / 1000).toFixed(0)} s`;
  },

  async 'the methods are trained, compared, tried and taken away'(browser, made) {
    const { url, full } = made;
    const tab = await visit(browser, url);
    const { page } = tab;
    if (!full) {
      await setNumber(page, 'Shots', 2);
      await setNumber(page, 'Epochs', 1);
    }
    const started = performance.now();
    const rows = await train(page);
    const seconds = (performance.now() - started) / 1000;
    const numbers = methods.map(id => (rows[id] ?? []).slice(0, 3).map(Number));
    if (!numbers.every(row => row.length === 3 && row.every(value => value > 0 && value <= 100)))
      throw new Error(`the table is ${JSON.stringify(rows)}`);
    await triesNewClass(page);
    await takesAway(browser, page);
    await tab.close();
    return `: ${methods.map((id, i) => `${id} ${numbers[i].join('/')}`).join(', ')} in ${seconds.toFixed(0)} s`;
  },

  async 'a permalink opens the same settings'(browser, { url }) {
    const hash = '#data=clothing&methods=clip,gda&shots=4&seed=3';
    const tab = await visit(browser, url + hash, { permissions: ['clipboard-read', 'clipboard-write'] });
    const { page } = tab;
    const chosen = await page.locator('input[name=method]:checked').evaluateAll(all => all.map(({ value }) => value));
    if (chosen.join() !== 'clip,gda') throw new Error(`methods are ${chosen}`);
    if (!(await page.locator('input[name=task][value=clothing]').isChecked())) throw new Error('the task is another');
    await page.getByRole('button', { name: 'Copy link' }).click();
    await said(page, 'Link copied.');
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    if (copied !== url + hash) throw new Error(`the link is ${copied}`);
    const rows = await train(page);
    await tab.close();
    return `: GDA ${rows.gda.slice(0, 3).join('/')}`;
  },

  async 'a reload in the middle of training loses at most one epoch'(browser, { url }) {
    const tab = await visit(browser, `${url}#methods=dgprompt&shots=2&epochs=3`);
    const { page } = tab;
    await page.getByRole('button', { name: 'Train', exact: true }).click();
    await page.locator('[data-testid=results]').waitFor();
    await page.getByText('epoch 2 of 3').or(page.getByText('epoch 3 of 3')).first().waitFor();
    await page.reload();
    await answered(page);
    await said(page, /stopped after [12] epoch/);
    await page.getByRole('button', { name: 'Continue', exact: true }).click();
    await page.getByText('epoch 1 of 3').waitFor({ state: 'detached' });
    await page.locator('[data-method=dgprompt][data-state=done]').waitFor();
    const before = await table(page);
    await page.reload();
    await answered(page);
    await page.locator('[data-method=dgprompt][data-state=done]').waitFor();
    if (JSON.stringify(await table(page)) !== JSON.stringify(before)) throw new Error('the table is another');
    await page.locator('[data-testid=answers] [data-method=dgprompt]').waitFor();
    await tab.close();
  },

  async 'training stops on request, and finished results are kept'(browser, { url }) {
    const tab = await visit(browser, `${url}#methods=clip,coop&shots=1&epochs=500`);
    const { page } = tab;
    await startTraining(page, 500);
    const started = performance.now();
    await page.getByRole('button', { name: 'Stop', exact: true }).click();
    await said(page, /stopped after \d+ epoch/);
    const rows = await table(page);
    if (!(Number(rows.clip[0]) > 0)) throw new Error('the finished method is gone');
    await tab.close();
    return `: within ${((performance.now() - started) / 1000).toFixed(1)} s`;
  },

  async 'another task or device ends training, and finished results are kept'(browser, { url }) {
    const tab = await visit(browser, `${url}#methods=clip,coop&shots=1&epochs=500&device=webgpu`);
    const { page } = tab;
    const stopped = async () => {
      await said(page, /stopped after \d+ epoch/);
      await page.locator('[data-method=clip][data-state=done]').waitFor();
    };
    await startTraining(page, 500);
    await page.locator('input[name=task][value=clothing]').check();
    await page.locator('[data-testid=results]').waitFor({ state: 'detached' });
    await page.locator('input[name=task][value=weather]').check();
    await stopped();
    await startTraining(page, 500, 'Continue');
    await page.getByRole('combobox', { name: 'Compute' }).selectOption('wasm'); // without a GPU it was already selected
    await stopped();
    await tab.close();
  },

  async 'a background tab says that it is slower, and a frozen one resumes'(browser, { url }) {
    const tab = await visit(browser, `${url}#methods=coop&shots=1&epochs=40`);
    const { page, context } = tab;
    await startTraining(page, 40);
    await page.evaluate(() => {
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }); // headless tabs never are
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await said(page, 'Browsers slow down tabs in the background');
    const devtools = await context.newCDPSession(page);
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
    await new Promise(resolve => setTimeout(resolve, 1000));
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await page.locator('[data-method=coop][data-state=done]').waitFor();
    await tab.close();
  },

  /** WebAssembly's memory grows by about 18 MB during the first trainings, then stays constant. */
  async 'the tab needs no more memory after ten trainings than after five'(browser, { url, full }) {
    if (!full) return ': only with --full';
    const tab = await visit(browser, `${url}#methods=coop,gda&shots=2&epochs=2`);
    const { page } = tab;
    const sizes = [];
    for (let i = 1; i <= 10; i++) {
      await setNumber(page, 'Seed', i);
      await page.locator('[data-testid=results]').waitFor({ state: 'detached' });
      await train(page);
      if (i !== 5 && i !== 10) continue; // because the browser's measurement is slow
      const { bytes } = await page.evaluate(() => performance.measureUserAgentSpecificMemory());
      sizes.push(Math.round(bytes / 1e6));
    }
    await tab.close();
    const said = `${sizes[0]} MB after five, ${sizes[1]} MB after ten`;
    if (sizes[1] > 1.1 * sizes[0]) throw new Error(said);
    return `: ${said}`;
  },
};

async function triesNewClass(page) {
  const pictures = createRequire(join(root, 'packages', 'images', 'package.json'))('sharp');
  const image = await pictures({ create: { width: 64, height: 64, channels: 3, background: 'white' } })
    .composite([
      { input: Buffer.from('<svg width="64" height="64"><circle cx="32" cy="32" r="24" fill="red"/></svg>') },
    ])
    .png()
    .toBuffer();
  await page.locator('#try-file').setInputFiles({ name: 'circle.png', mimeType: 'image/png', buffer: image });
  await page.getByRole('img', { name: 'A picture of yours' }).waitFor();
  await page.getByLabel('Add a class by its name').fill('red circle');
  await page.getByRole('button', { name: 'Add', exact: true }).click();
  for (const method of methods)
    await page.locator(`[data-testid=answers] [data-method=${method}] li`, { hasText: 'red circle' }).waitFor();
}

async function takesAway(browser, page) {
  await page.locator('#take select').selectOption('coop');
  const folder = mkdtempSync(join(tmpdir(), 'playground-'));
  try {
    const zip = await downloaded(page, 'Classifier');
    const classifier = unpacked(zip.path, folder);
    const { loadMethod } = await import('@dgprompt/methods');
    const { loadClip } = await import('@dgprompt/clip');
    const { miniClip } = await import('@dgprompt/pictograms');
    const method = await loadMethod(classifier, await loadClip(miniClip));
    if (method.name !== 'coop') throw new Error(`the classifier is ${method.name}`);
    const onnx = await downloaded(page, 'ONNX file');
    const ort = createRequire(join(root, 'packages', 'engine', 'package.json'))('onnxruntime-node');
    const session = await ort.InferenceSession.create(onnx.path);
    const image = new ort.Tensor('uint8', new Uint8Array(48 * 48 * 3).fill(200), [48, 48, 3]);
    const { probabilities } = await session.run({ image });
    if (probabilities.data.length !== method.classNames.length) throw new Error('the ONNX file has other classes');
    const web = unpacked((await downloaded(page, 'Web page')).path, folder);
    const tab = await browser.newPage();
    await tab.goto(pathToFileURL(join(web, 'index.html')).href);
    await tab.locator('#state', { hasText: 'Ready.' }).waitFor({ timeout: 120_000 });
    await tab.close();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns the folder in the zip */
function unpacked(zip, into) {
  const files = unzipSync(readFileSync(zip));
  for (const [name, bytes] of Object.entries(files)) {
    mkdirSync(dirname(join(into, name)), { recursive: true });
    writeFileSync(join(into, name), bytes);
  }
  return join(into, Object.keys(files)[0].split('/')[0]);
}
