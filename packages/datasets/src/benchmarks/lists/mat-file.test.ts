import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { emptyFolder } from '../../testing/miniature.js';
import { readMatFile } from './mat-file.js';

/** Written by SciPy: `savemat(file, {'d': [[1.5, -2], [3, 4]], 'u': 'grüße', 'i64': int64(2**40), 'one': 7.0})`. */
const numbers = [
  'TUFUTEFCIDUuMCBNQVQtZmlsZSBQbGF0Zm9ybTogcG9zaXgsIENyZWF0ZWQgb246IFR1ZSBOb3YgMjQgMjM6MjY6NTYgMjAyNgAAAAAAAAAAAA',
  'AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAABSU0OAAAAUAAAAAYAAAAIAAAABgAAAAAAAAAFAAAACAAAAAIAAAAC',
  'AAAAAQABAGQAAAAJAAAAIAAAAAAAAAAAAPg/AAAAAAAACEAAAAAAAAAAwAAAAAAAABBADgAAADgAAAAGAAAACAAAAAQAAAAAAAAABQAAAAgAAA',
  'ABAAAABQAAAAEAAQB1AAAAEAAAAAcAAABncsO8w59lAA4AAAA4AAAABgAAAAgAAAAOAAAAAAAAAAUAAAAIAAAAAQAAAAEAAAABAAMAaTY0AAwA',
  'AAAIAAAAAAAAAAABAAAOAAAAOAAAAAYAAAAIAAAABgAAAAAAAAAFAAAACAAAAAEAAAABAAAAAQADAG9uZQAJAAAACAAAAAAAAAAAABxA',
].join('');

const fixture = (name: string) => fileURLToPath(new URL(`../../testing/fixtures/${name}`, import.meta.url));

test('reads cells of text, compressed', async () => {
  expect(await readMatFile(fixture('cars_meta.mat'))).toEqual({
    class_names: ['AM General Hummer SUV 2000', 'Acura Integra Type R 2001', 'BMW M3 Coupe 2012'],
  });
});

test('reads struct arrays, compressed or not', async () => {
  for (const [file, count] of [
    ['cars_train_annos.mat', 15],
    ['cars_test_annos_withlabels.mat', 6],
  ] as const) {
    const { annotations } = await readMatFile(fixture(file));
    expect(annotations).toHaveLength(count);
    expect((annotations as unknown[])[4]).toEqual({
      bbox_x1: [39],
      bbox_y1: [116],
      bbox_x2: [569],
      bbox_y2: [375],
      class: [2],
      fname: '00005.jpg',
    });
  }
});

test('reads numbers column by column, 64-bit integers, and text that is not ASCII', async () => {
  const file = join(await emptyFolder(), 'numbers.mat');
  await writeFile(file, Buffer.from(numbers, 'base64'));
  expect(await readMatFile(file)).toEqual({ d: [1.5, 3, -2, 4], u: 'grüße', i64: [2 ** 40], one: [7] });
});

test.each([
  ['no MATLAB file', Buffer.from('split,path\n'.repeat(30)), 'is not a MATLAB file'],
  ['a file of MATLAB 7.3', Buffer.from(`MATLAB 7.3 MAT-file${' '.repeat(600)}`), "save(…, '-v7')"],
  ['a file cut short', Buffer.from(numbers, 'base64').subarray(0, 300), 'is cut short or damaged'],
])('%s is refused with its name', async (_, bytes, sentence) => {
  const file = join(await emptyFolder(), 'labels.mat');
  await writeFile(file, bytes);
  await expect(readMatFile(file)).rejects.toThrow(file);
  await expect(readMatFile(file)).rejects.toThrow(sentence);
});
