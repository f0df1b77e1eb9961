import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { useDevice } from '@dgprompt/engine';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { tinyClip } from '../testing/tiny.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { portableClassifier } from './portable.js';
import { exportWeb } from './web.js';

let root: string;
beforeAll(async () => {
  await useDevice();
  root = await mkdtemp(join(tmpdir(), 'dgprompt-web-'));
});
afterAll(() => rm(root, { recursive: true, force: true }));

const method = () => zeroshot(tinyClip(), ['cat', 'big dog </script>']);

/** A file as the page reassembles it from its scripts. */
async function received(folder: string, { parts }: { parts: string[] }): Promise<Buffer> {
  const some = await Promise.all(
    parts.map(async name => {
      const [, text] = /^part\("[^"]+", "([^"]*)"\);\n$/.exec(await readFile(join(folder, `${name}.js`), 'utf8'))!;
      return Buffer.from(text!, 'base64');
    }),
  );
  return Buffer.concat(some);
}

it('the folder has the page, the model and the runtime, and refers to nothing outside', async () => {
  const folder = join(root, 'page');
  const { bytes } = await exportWeb(method(), { folder, title: 'Pets' });
  expect((await readdir(folder)).sort()).toEqual([
    ...['classifier.js', 'index.html', 'model-0.js', 'page.css', 'page.js', 'runtime'],
  ]);
  const script = await readFile(join(folder, 'classifier.js'), 'utf8');
  const facts = JSON.parse(script.replace(/^globalThis.classifier = |;\n$/g, ''));
  expect(facts).toMatchObject({ title: 'Pets', classNames: ['cat', 'big dog </script>'] });
  const model = await portableClassifier(method(), { input: 'image', precision: 'fp32' });
  expect(Buffer.compare(await received(folder, facts.model), model)).toBe(0);
  const runtime = dirname(createRequire(import.meta.url).resolve('onnxruntime-web/wasm'));
  const wasm = await readFile(join(runtime, 'ort-wasm-simd-threaded.wasm'));
  expect(Buffer.compare(await received(folder, facts.wasm), wasm)).toBe(0);
  expect(bytes).toBeGreaterThan(wasm.length);
  for (const name of ['index.html', 'page.css', 'page.js'])
    expect(await readFile(join(folder, name), 'utf8')).not.toMatch(/https?:/);
});

it('a page of an earlier export is replaced, another folder stays untouched', async () => {
  const folder = join(root, 'again');
  for (const title of ['One', 'Two']) await exportWeb(method(), { folder, title });
  expect(await readFile(join(folder, 'classifier.js'), 'utf8')).toContain('"Two"');
  const other = join(root, 'other');
  await mkdir(other);
  await writeFile(join(other, 'letter.txt'), 'dear');
  await expect(exportWeb(method(), { folder: other, title: 'No' })).rejects.toThrow(
    /holds files that no earlier export wrote/,
  );
  await expect(exportWeb(method(), { folder: join(other, 'letter.txt'), title: 'No' })).rejects.toThrow(
    /letter.txt cannot be written/,
  );
  expect(await readdir(other)).toEqual(['letter.txt']);
  expect((await readdir(root)).filter(name => name.endsWith('.tmp'))).toEqual([]);
});
