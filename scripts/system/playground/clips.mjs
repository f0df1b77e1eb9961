import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, truncateSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from '../../setup.mjs';
import { answered, visit } from './tab.mjs';

const model = join(root, 'packages', 'pictograms', 'model');
const hubId = 'someone/mini-clip';

/** The user's own CLIPs. */
export const clips = {
  async 'a CLIP from the hub, and one from files, answer like the built-in one'(browser, { url }) {
    const tab = await visit(browser, url, { serviceWorkers: 'block', asks: /^https:\/\/huggingface\.co\// });
    const { page, context } = tab;
    const own = await guesses(page);
    const asked = [];
    await context.route('https://huggingface.co/**', route => {
      const name = new URL(route.request().url()).pathname.split('/').at(-1);
      asked.push(name);
      const headers = { 'access-control-allow-origin': '*' };
      try {
        return route.fulfill({ headers, body: readFileSync(join(model, name)) });
      } catch {
        return route.fulfill({ status: 404, headers });
      }
    });
    await page.getByRole('radio', { name: 'From the hub' }).check();
    await page.getByLabel('Hub id').fill(hubId);
    await page.getByRole('button', { name: 'Load', exact: true }).click();
    await page.locator('[data-testid=clip-facts]', { hasText: hubId }).waitFor();
    await answered(page);
    const ofHub = await guesses(page);
    await page.getByRole('radio', { name: 'A file of yours' }).check();
    const files = ['model.safetensors', 'config.json', 'tokenizer.json'].map(name => join(model, name));
    await page.locator('#clip-files').setInputFiles(files);
    await page.locator('[data-testid=clip-facts]', { hasText: 'model.safetensors' }).waitFor();
    await answered(page);
    const ofFiles = await guesses(page);
    await tab.close();
    if (ofHub !== own || ofFiles !== own)
      throw new Error(`${own} by itself, ${ofHub} from the hub, ${ofFiles} from files`);
    return `: ${own} (${asked.length} files of the hub)`;
  },

  async 'a checkpoint of 2 GB is loaded, or refused in one line'(browser, { url }) {
    const folder = mkdtempSync(join(tmpdir(), 'playground-'));
    try {
      const file = join(folder, 'large.safetensors');
      const bytes = await largeCheckpoint(file);
      const tab = await visit(browser, url);
      const { page } = tab;
      await page.getByRole('radio', { name: 'A file of yours' }).check();
      await page.locator('#clip-files').setInputFiles(file);
      const facts = page.locator('[data-testid=clip-facts]', { hasText: 'large.safetensors' });
      const refusal = page.locator('#clip').getByRole('alert');
      const answer = facts.or(refusal).first();
      await answer.waitFor();
      const said = (await answer.innerText()).trim();
      if (said.includes('\n')) throw new Error(`it says more than a line: ${JSON.stringify(said)}`);
      await page.getByRole('radio', { name: 'Mini-CLIP' }).check();
      await page.locator('[data-testid=clip-facts]', { hasText: 'mini-CLIP' }).waitFor();
      await answered(page);
      await tab.close();
      return `: ${(bytes / 1e9).toFixed(1)} GB, ${said}`;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** CLIP's answer for the first picture. */
async function guesses(page) {
  await answered(page);
  return (await page.locator('[data-testid=answers] [data-method=clip] li').allInnerTexts())
    .join(', ')
    .replaceAll('\n', ' ');
}

/** A checkpoint of a ViT-L/14 with eight more layers, all zeros, which take no disk space. */
async function largeCheckpoint(file) {
  const { clipParameters } = await import('@dgprompt/clip/weights');
  const all = tree => (tree.stored ? [tree] : Object.values(tree).flatMap(all));
  const config = {
    embedDim: 768,
    activation: 'quick_gelu',
    vision: { imageSize: 224, patchSize: 14, width: 1024, layers: 32, heads: 16 },
    text: { contextLength: 77, vocabSize: 49408, width: 768, layers: 12, heads: 12 },
  };
  let at = 0;
  const entries = all(clipParameters(config)).map(({ name, stored }) => {
    const size = 4 * stored.reduce((product, n) => product * n, 1);
    at += size;
    return [name, { dtype: 'F32', shape: stored, data_offsets: [at - size, at] }];
  });
  const header = Buffer.from(JSON.stringify(Object.fromEntries(entries)));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  const opened = openSync(file, 'w');
  writeSync(opened, Buffer.concat([length, header]));
  closeSync(opened);
  truncateSync(file, 8 + header.length + at);
  return 8 + header.length + at;
}
