import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { writeArchive, writeTorch } from '../../testing/torch.js';
import { openTorch } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'torch-file-'));
const published = fileURLToPath(new URL('../../../fixtures/model.pth.tar-50', import.meta.url));
const numbers = (...values: number[]) => new Uint8Array(Float32Array.from(values).buffer);

/** A file with this pickle, given as Latin-1, and one storage of four numbers. */
function withPickle(name: string, pickle: string): string {
  const path = join(folder, name);
  writeArchive(path, { 'data.pkl': Buffer.from(pickle, 'latin1'), 'data/0': numbers(1, 2, 3, 4) });
  return path;
}

/** A pickle of one tensor with this storage size, offset, shape and strides, each a pickled value. */
const tensor = (size: string, offset: string, shape: string, strides: string) =>
  '\x80\x02}X\x01\0\0\0actorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nFloatStorage\n' +
  `X\x01\0\0\x000X\x03\0\0\0cpu${size}tQ${offset}${shape}${strides}\x89ccollections\nOrderedDict\n)RtRs.`;

test('a checkpoint of a published prompt learner, with its optimizer and scheduler', async () => {
  const file = await openTorch(published);
  expect(file.script).toBe(false);
  expect([...file.read('state_dict.prompt_learner.ctx')]).toEqual([0, 1, 2, 3, 4, 5, 6, 7].map(x => x / 8));
  expect(file.tensors.get('state_dict.prompt_learner.ctx')!.shape).toEqual([2, 4]);
  expect(Object.fromEntries(file.values)).toMatchObject({ epoch: 50, val_result: 81.25, 'scheduler.warmup_epoch': 1 });
  expect(file.values.get('scheduler.successor.T_max')).toBe(50);
  file.close();
});

test('views of a shared storage are read row by row', async () => {
  const file = await openTorch(published);
  expect([...file.read('state_dict.prompt_learner.token_prefix')]).toEqual([0, 1, 2, 6, 7, 8]);
  expect([...file.read('state_dict.transposed')]).toEqual([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11]);
  file.close();
});

test.each([false, true])('a written file is read back (script: %s)', async script => {
  const path = join(folder, `written-${script}.pt`);
  writeTorch(
    path,
    new Map([
      ['visual.conv1.weight', { dtype: 'F32', shape: [2, 2], bytes: numbers(1, 2, 3, -4) }],
      ['logit_scale', { dtype: 'F16', shape: [], bytes: Uint8Array.of(0, 0x3c) }],
    ]),
    { script },
  );
  const file = await openTorch(path);
  expect(file.script).toBe(script);
  expect([...file.tensors.keys()]).toEqual(['visual.conv1.weight', 'logit_scale']);
  expect([...file.read('visual.conv1.weight')]).toEqual([1, 2, 3, -4]);
  expect([...file.read('logit_scale')]).toEqual([1]);
  file.close();
});

test("a TorchScript's typed lists are lists", async () => {
  const list = 'ctorch.jit._pickle\nbuild_intlist\n](K\x03K\x04e\x85R';
  const pickle = `c__torch__.clip.model\nCLIP\n)\x81}(X\x06\0\0\0layers${list}ub.`;
  const file = await openTorch(withPickle('typed.pt', pickle));
  expect(Object.fromEntries(file.values)).toEqual({ 'layers.0': 3, 'layers.1': 4 });
  file.close();
});

test.each([
  ['system.pt', 'cposix\nsystem\nX\x02\0\0\0ls\x85R.', '"posix.system"'],
  ['eval.pt', 'cbuiltins\neval\nX\x01\0\0\x001\x85R.', '"builtins.eval"'],
  ['getattr.pt', '\x80\x04\x8c\x08builtins\x8c\x07getattr\x93.', '"builtins.getattr"'],
  ['prototype.pt', 'c__torch__\n__proto__\n)\x81X\x01\0\0\0ab.', undefined],
  ['constructor.pt', 'ctorch._utils\nconstructor\n)R.', '"torch._utils.constructor"'],
  ['storage.pt', 'ctorch\nFloatStorage\n)R.', 'calls torch.FloatStorage'],
  ['module.pt', '\x80\x02}X\x01\0\0\0acmy.models\nNet\n)\x81s.', '"my.models.Net"'],
])('%s: nothing is executed, and what is not on the list is named', async (name, pickle, says) => {
  const path = withPickle(name, pickle);
  if (!says) return void (await openTorch(path)).close();
  await expect(openTorch(path)).rejects.toThrow(`${path} cannot be read as a PyTorch file`);
  await expect(openTorch(path)).rejects.toThrow(says);
});

test.each([
  ['fits.pt', tensor('K\x04', 'K\0', 'K\x02K\x02\x86', 'K\x02K\x01\x86'), undefined],
  ['offset.pt', tensor('K\x04', 'K\x01', 'K\x02K\x02\x86', 'K\x02K\x01\x86'), 'does not fit into its 4 stored values'],
  ['expanded.pt', tensor('K\x04', 'K\0', 'JJJJ\x7fJJJJ\x7f\x86', 'K\0K\0\x86'), 'does not fit'],
  ['negative.pt', tensor('K\x04', 'J\xff\xff\xff\xff', 'K\x02\x85', 'K\x01\x85'), 'without storage, shape or strides'],
  ['longer.pt', tensor('K\x09', 'K\0', 'K\x09\x85', 'K\x01\x85'), 'shorter than its description'],
  ['empty-stack.pt', 'b.', 'empty stack'],
  ['endless.pt', 'X\xff\xff\xff\xffa', 'cut short'],
  ['number.pt', '\x8b\xff\xff\xff\x7f.', 'a number of'],
  ['unknown.pt', 'i', 'pickle instruction 0x69'],
])('%s: a tensor lies inside its storage', async (name, pickle, says) => {
  const path = withPickle(name, pickle);
  if (says) await expect(openTorch(path)).rejects.toThrow(says);
  else (await openTorch(path)).close();
});

test('lists that contain themselves, and lists of lists that multiply, are stopped', async () => {
  await expect(openTorch(withPickle('cycle.pt', ']q\x00h\x00a.'))).rejects.toThrow('more than any checkpoint does');
  const doubling = `]q\x00${'(h\x00h\x00lq\x00'.repeat(60)}.`;
  await expect(openTorch(withPickle('doubling.pt', doubling))).rejects.toThrow('more than any checkpoint does');
});

test('a zip bomb throws before it is unpacked', async () => {
  const path = join(folder, 'bomb.pt');
  writeFileSync(path, zipSync({ 'archive/data.pkl': new Uint8Array(200 * 2 ** 20) }, { level: 9 }));
  await expect(openTorch(path)).rejects.toThrow('would take 209715200 bytes');
  const packed = zipSync({
    'archive/data.pkl': [Buffer.from(tensor('K\x04', 'K\0', 'K\x04\x85', 'K\x01\x85'), 'latin1'), { level: 0 }],
    'archive/data/0': [new Uint8Array(2 ** 20), { level: 9 }],
  });
  writeFileSync(path, packed);
  await expect(openTorch(path)).rejects.toThrow('compressed');
});

test('truncated files and other files give different errors', async () => {
  const cut = join(folder, 'cut.pt');
  writeFileSync(cut, readFileSync(published).subarray(0, 1200));
  await expect(openTorch(cut)).rejects.toThrow(cut);
  const words = join(folder, 'words.pt');
  writeFileSync(words, 'words');
  await expect(openTorch(words)).rejects.toThrow('cannot be read as a PyTorch file: it is not one');
  await expect(openTorch(join(folder, 'none.pt'))).rejects.toThrow('ENOENT');
});
