import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { emptyFolder, makeMiniature } from '../testing/miniature.js';
import { checkDataset, reportText } from './report.js';

/** Treats a file as broken if its content says so. */
const decode = async (path: string) => {
  if ((await readFile(path, 'utf8')) === 'broken') throw new Error(`${path} cannot be read as an image: cut short.`);
};

test('counts, missing and broken files are reported, ready to paste', async () => {
  const root = await makeMiniature(await emptyFolder(), 'fgvc_aircraft');
  await rm(join(root, 'fgvc_aircraft/images/0000222.jpg'));
  await writeFile(join(root, 'fgvc_aircraft/images/0000888.jpg'), 'broken');
  const seen: number[] = [];
  const report = await checkDataset('aircraft', { root, decode, onProgress: ({ done }) => seen.push(done) });
  expect(report).toMatchObject({ name: 'fgvc_aircraft', split: 'own lists', classes: 3, ok: false });
  expect(report.missing).toEqual([join(root, 'fgvc_aircraft/images/0000222.jpg')]);
  expect(report.broken.map(({ path }) => path)).toEqual([join(root, 'fgvc_aircraft/images/0000888.jpg')]);
  expect(seen).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(reportText(report, root)).toBe(`### fgvc_aircraft: problems found

3 classes; 3 train, 3 val, 3 test images; split from the dataset's own lists.

Numbers that differ from the published ones:

- classes: 3 here, 100 published
- train images: 3 here, 3334 published
- val images: 3 here, 3333 published
- test images: 3 here, 3333 published

1 files are missing:

- <root>/fgvc_aircraft/images/0000222.jpg

1 files do not decode:

- <root>/fgvc_aircraft/images/0000888.jpg cannot be read as an image: cut short.
`);
});

test('a sound folder of your own is reported without problems', async () => {
  const root = await makeMiniature(await emptyFolder(), 'eurosat');
  const report = await checkDataset(`folder:${join(root, 'eurosat', '2750')}`, { decode });
  expect(report).toMatchObject({ ok: true, split: 'own folder', images: { train: 20, val: 8, test: 12 } });
  expect(reportText(report)).toContain('no problems');
});

test('reports which split it is', async () => {
  const root = await makeMiniature(await emptyFolder(), 'dtd');
  expect((await checkDataset('dtd', { root, decode })).split).toBe('published rules');
});

test('an aborted check stops', async () => {
  const root = await makeMiniature(await emptyFolder(), 'dtd');
  const signal = AbortSignal.abort(new Error('enough'));
  await expect(checkDataset('dtd', { root, decode, signal })).rejects.toThrow('enough');
});

test('a missing root throws one sentence', async () => {
  await expect(checkDataset('dtd', { decode })).rejects.toThrow(/^The root is missing.*--root DIR\.$/);
});
