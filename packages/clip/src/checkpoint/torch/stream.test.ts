import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { oldStream, type StoredArray } from '../../testing/torch.js';
import { openTorch } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'torch-stream-'));
const fixture = (name: string) => fileURLToPath(new URL(`../../../fixtures/torch/${name}`, import.meta.url));
const numbers = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);
const four: StoredArray = { dtype: 'F32', shape: [4], bytes: numbers(1, 2, 3, 4) };

/** A stream of one object, given as Latin-1, and its storages. */
function stream(name: string, object: string, stored = [four]): string {
  const path = join(folder, name);
  writeFileSync(path, oldStream(Buffer.from(object, 'latin1'), stored));
  return path;
}

/** A dictionary with one tensor `a`; the view makes the storage a part of another. */
const tensor = (size: string, shape: string, view = 'N') =>
  `}X\x01\0\0\0actorch._utils\n_rebuild_tensor\n((U\x07storagectorch\nFloatStorage\nU\x010U\x03cpu${size}${view}tQK\0` +
  `${shape}K\x01\x85tRs`;

test('a file of PyTorch before version 1.6, as PyTorch itself writes it', async () => {
  const file = await openTorch(fixture('legacy.pt'));
  const values = Object.fromEntries([...file.tensors.keys()].map(name => [name, [...file.read(name)]]));
  expect(values).toEqual({
    'visual.proj': [0, 1, 2, 3, 4, 5],
    'visual.turned': [0, 3, 1, 4, 2, 5],
    'visual.row': [3, 4, 5],
    logit_scale: [4.5],
    'visual.mean': [1, -2.5],
  });
  expect(file.tensors.get('visual.turned')).toMatchObject({ dtype: 'F32', shape: [3, 2], strides: [1, 3] });
  expect(file.tensors.get('visual.mean')!.dtype).toBe('BF16');
  expect(file.script).toBe(false);
  file.close();
});

test('names as bytes, as Python 2 wrote them, and a storage that is a part of another', async () => {
  const file = await openTorch(stream('python2.pt', tensor('K\x04', 'K\x02\x85', '(U\x011K\x01K\x02t')));
  expect([...file.read('a')]).toEqual([2, 3]);
  file.close();
});

test.each([
  ['shorter.pt', tensor('K\x05', 'K\x05\x85'), 'data "0" is shorter than its description says'],
  ['outside.pt', tensor('K\x04', 'K\x02\x85', '(U\x011K\x03K\x02t'), 'a part of data that is not inside it'],
  ['undescribed.pt', '}', 'its list of data does not fit its tensors'],
  ['hostile.pt', '}X\x01\0\0\0acos\nremove\nX\x01\0\0\0b\x85Rs', 'names "os.remove"'],
])('%s ends in one sentence', async (name, object, says) => {
  const path = stream(name, object);
  await expect(openTorch(path)).rejects.toThrow(`${path} cannot be read as a PyTorch file: `);
  await expect(openTorch(path)).rejects.toThrow(says);
});

test('a file cut short at any place throws before its tensors are read', async () => {
  const whole = readFileSync(fixture('legacy.pt'));
  const path = join(folder, 'cut.pt');
  for (let length = 2; length < whole.length; length++) {
    writeFileSync(path, whole.subarray(0, length));
    await expect(openTorch(path), `${length} bytes`).rejects.toThrow(/it is not one|cut short/);
  }
});

test('data of an impossible size is not waited for', async () => {
  const whole = Buffer.from(oldStream(Buffer.from(tensor('K\x04', 'K\x04\x85'), 'latin1'), [four]));
  whole.writeBigUInt64LE(2n ** 62n, whole.length - 24);
  const path = join(folder, 'endless.pt');
  writeFileSync(path, whole);
  await expect(openTorch(path)).rejects.toThrow('it is cut short');
});

test('other pickles and other versions give different errors', async () => {
  const path = join(folder, 'other.pt');
  writeFileSync(path, '\x80\x02}.', 'latin1');
  await expect(openTorch(path)).rejects.toThrow('a Python pickle that torch.save did not write');
  writeFileSync(path, Buffer.from('80028a0a6cfc9c46f9206aa850192e' + '80024d0a002e', 'hex'));
  await expect(openTorch(path)).rejects.toThrow('another version than 1001');
});
