import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { encodeSheet, fromPackages, fromSheet } from './drawings.js';
import { parsePicturePath } from './picture-path.js';
import { isWholePng } from './png.js';
import { type Progress, renderImages } from './render-task.js';
import type { StyleName } from './styles.js';

const paths = [
  'camel/openmoji/camel-0.png',
  'camel/openmoji/camel-1.png',
  'camel/emojione/camel-0.png',
  'camel/fluent-emoji-3d/1f42a-0.png',
  'camel/fluent-emoji-flat/camel-0.png',
];
const others = ['badger', 'bat', 'beaver', 'bison', 'boar', 'elephant', 'goat', 'gorilla', 'hamster', 'koala'];
const draw = fromPackages(
  new Map<StyleName, Set<string>>(
    (['openmoji', 'emojione', 'fluent-emoji-flat'] as const).map(style => [style, new Set(['camel', ...others])]),
  ),
);
const many = others.flatMap(name => [0, 1, 2].map(view => `${name}/openmoji/${name}-${view}.png`));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pictograms-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const bytes = (path: string) => readFileSync(join(folder, path));
const files = () => readdirSync(folder, { recursive: true, withFileTypes: true }).filter(entry => entry.isFile());

it('renders every image with the same bytes, wherever and in whatever order', async () => {
  await renderImages(paths, folder, draw);
  const first = paths.map(bytes);
  expect(first.every(isWholePng)).toBe(true);
  expect(new Set(first.map(String)).size).toBe(paths.length);

  const elsewhere = join(folder, 'elsewhere');
  await renderImages([...paths].reverse(), elsewhere, draw);
  expect(paths.map(path => readFileSync(join(elsewhere, path)).equals(bytes(path)))).toEqual(paths.map(() => true));
});

it('makes the same images from a sheet', async () => {
  await renderImages(paths, folder, draw);
  const drawn = paths.map(bytes);
  const [sheet, elsewhere] = [join(folder, 'sheet.png'), join(folder, 'elsewhere')];
  const pictures = paths.filter(path => path.endsWith('-0.png')).map(parsePicturePath);
  writeFileSync(sheet, await encodeSheet(await Promise.all(pictures.map(draw))));
  await renderImages(paths, elsewhere, fromSheet(sheet, paths));
  expect(paths.map(path => readFileSync(join(elsewhere, path)).equals(drawn[paths.indexOf(path)]!))).toEqual(
    paths.map(() => true),
  );
  await expect(renderImages(many, elsewhere, fromSheet(sheet, many))).rejects.toThrow(
    'The sheet has 4 pictures, and the split file 10.',
  );
});

it('reports progress, and nothing if nothing is missing', async () => {
  const seen: Progress[] = [];
  const onProgress = (progress: Progress) => seen.push(progress);
  await renderImages(paths, folder, draw, { onProgress });
  expect(seen[0]).toEqual({ done: 0, total: 5 });
  expect(seen.at(-1)).toEqual({ done: 5, total: 5 });
  seen.length = 0;
  await renderImages(paths, folder, draw, { onProgress });
  expect(seen).toEqual([]);
});

it('resumes an interrupted run without redoing finished images', async () => {
  const stop = new AbortController();
  const cut = renderImages(many, folder, draw, {
    signal: stop.signal,
    onProgress: ({ done }) => done > 0 && stop.abort(new Error('enough')),
  });
  await expect(cut).rejects.toThrow('enough');
  const before = many.filter(path => existsSync(join(folder, path)));
  expect(before.length).toBeGreaterThan(0);
  const times = before.map(path => statSync(join(folder, path)).mtimeMs);

  expect(before.length).toBeLessThan(many.length);
  await renderImages(many, folder, draw);
  expect(many.map(bytes).every(isWholePng)).toBe(true);
  expect(before.map(path => statSync(join(folder, path)).mtimeMs)).toEqual(times);
});

it('renders damaged files again', async () => {
  await renderImages(paths, folder, draw);
  const whole = paths.map(bytes);
  truncateSync(join(folder, paths[1]!), 100);
  const changed = bytes(paths[2]!);
  changed[200] = changed[200]! ^ 0x55;
  writeFileSync(join(folder, paths[2]!), changed);

  await renderImages(paths, folder, draw);
  expect(paths.map(bytes).map((file, i) => file.equals(whole[i]!))).toEqual(paths.map(() => true));
});

it('survives two simultaneous renderings of the same images and leaves no partial files', async () => {
  await Promise.all([renderImages(paths, folder, draw), renderImages(paths, folder, draw)]);
  expect(paths.map(bytes).every(isWholePng)).toBe(true);
  expect(files()).toHaveLength(paths.length);
});

it('names a missing picture and the package that lacks it', async () => {
  await expect(renderImages(['x/emojione/no-such-0.png'], folder, draw)).rejects.toThrow(
    '@iconify-json/emojione has no picture "no-such"',
  );
  await expect(renderImages(['x/fluent-emoji-3d/no-such-0.png'], folder, draw)).rejects.toThrow(
    '@lobehub/fluent-emoji-3d has no picture "no-such"',
  );
});

it('names a file that it cannot write, and says what to do', async () => {
  writeFileSync(join(folder, 'camel'), 'in the way');
  await expect(renderImages(paths.slice(0, 1), folder, draw)).rejects.toThrow(
    /camel-0\.png cannot be written.*DGPROMPT_CACHE/,
  );
});
