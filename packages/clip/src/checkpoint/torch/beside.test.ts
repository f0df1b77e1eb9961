import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { writeArchive } from '../../testing/torch.js';
import { openTorch } from './file.js';

const folder = mkdtempSync(join(tmpdir(), 'torch-beside-'));
const fixture = (name: string) => fileURLToPath(new URL(`../../../fixtures/torch/${name}`, import.meta.url));

/** A file with one tensor `w` of two bytes, and an object next to it, given as Latin-1. */
function beside(name: string, object: string): string {
  const path = join(folder, name);
  const w =
    'ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nByteStorage\n' +
    'X\x01\0\0\x000X\x03\0\0\0cpuK\x02tQK\0K\x02\x85K\x01\x85\x89NtR';
  const pickle = `\x80\x02}X\x01\0\0\0w${w}sX\x01\0\0\0x${object}s.`;
  writeArchive(path, { 'data.pkl': Buffer.from(pickle, 'latin1'), 'data/0': Uint8Array.of(3, 4) });
  return path;
}

test('objects that a training program saves next to weights are skipped', async () => {
  const file = await openTorch(fixture('extras.pt'));
  expect([...file.tensors.keys()]).toEqual([
    'state_dict.module.visual.proj',
    'optimizer.state.0.momentum_buffer',
    'optimizer.state.1.momentum_buffer',
    'config.mean', // in a dictionary of a custom class
  ]);
  expect([...file.read('state_dict.module.visual.proj')]).toEqual([0, 1, 2, 3, 4, 5]);
  expect([...file.read('config.mean')]).toEqual([7]);
  expect(Object.fromEntries(file.values)).toMatchObject({ epoch: 2, best: 81.25, 'config.lr': 0.5, 'log.x.0': 1 });
  file.close();
});

test('a whole module has the names of its state dict', async () => {
  const file = await openTorch(fixture('module.pt'));
  const values = Object.fromEntries([...file.tensors.keys()].map(name => [name, [...file.read(name)]]));
  expect(values).toEqual({
    'visual.proj': [3],
    'visual.norm.weight': [1],
    'visual.norm.bias': [0],
    'visual.norm.running_mean': [0],
    'visual.norm.running_var': [1],
    'visual.norm.num_batches_tracked': [0],
  });
  file.close();
});

test('float8', async () => {
  const file = await openTorch(fixture('float8.pt'));
  expect(file.tensors.get('e4m3')).toMatchObject({ dtype: 'F8_E4M3', shape: [8] });
  expect([...file.read('e4m3')]).toEqual([0.5, 0.5625, 0.625, 0.6875, 0.75, 0.8125, 0.875, 0.9375]);
  expect([...file.read('e5m2')]).toEqual([1, 1.25, 1.5, 1.75]);
  file.close();
});

test.each([
  ['an object that holds itself', 'cmy.code\nNode\n)\x81q\x05}X\x02\0\0\0meh\x05sb'],
  ['a list of a class of its own', 'cmy.code\nList\n)\x81(K\x01K\x02e'],
  ['a set of a class of its own', '\x80\x04cmy.code\nSet\n)\x81(K\x01\x90'],
  ['a method of an object', 'cbuiltins\ngetattr\ncmy.code\nNode\nX\x03\0\0\0run\x86R'],
  ['a call of what a call gave', 'cfunctools\npartial\n(ctorch\nsave\ntR)R'],
  ['bytes that are not decoded', `c_codecs\nencode\n(X\0\x10\0\0${'a'.repeat(4096)}X\x06\0\0\0latin1tR`],
  ['a byte array', '\x96\x02\0\0\0\0\0\0\0ab'],
  ['a number type of numpy that is not needed', 'cnumpy\ndtype\nX\x02\0\0\0c8\x89\x88\x87Rq\x07(K\x03X\x01\0\0\0<tb'],
  [
    'complex numbers',
    'ctorch._utils\n_rebuild_tensor_v2\n((X\x07\0\0\0storagectorch\nComplexFloatStorage\nX\x01\0\0\x009NK\x01tQK\0K\x01\x85K\x01\x85\x89NtR',
  ],
])('%s beside a tensor does not matter', async (what, object) => {
  const file = await openTorch(beside(`${what}.pt`, object));
  expect([...file.tensors.keys()]).toEqual(['w']);
  expect([...file.read('w')]).toEqual([3, 4]);
  file.close();
});

test.each([
  ['posix', 'system', 'cposix\nsystem\nX\x02\0\0\0ls\x85R'],
  ['builtins', 'exec', 'c__builtin__\nexec\nX\x01\0\0\x001\x85R'],
  ['subprocess', 'Popen', '\x8c\x0asubprocess\x8c\x05Popen\x93'],
  ['importlib', 'import_module', 'cimportlib\nimport_module\n)R'],
  ['os.path', 'join', 'cos.path\njoin\n)R'],
])('%s.%s is refused even where no weights depend on it', async (module, name, object) => {
  await expect(openTorch(beside(`${module}.pt`, object))).rejects.toThrow(
    `"${module}.${name}", which no checkpoint needs`,
  );
});

test('a name that only resembles that of a module that runs programs is accepted', async () => {
  (await openTorch(beside('close.pt', 'coscillation\nWave\n)\x81'))).close();
});

test('objects that multiply are stopped', async () => {
  const texts = `c_codecs\nencode\n(X\0\0\x10\0${'a'.repeat(2 ** 20)}q\x01X\x06\0\0\0latin1q\x02tR0`;
  const file = await openTorch(beside('texts.pt', `${texts}${'c_codecs\nencode\nh\x01h\x02\x86R0'.repeat(10_000)}N`));
  file.close();
  const lists = `](K\x01${'K\x01'.repeat(1000)}eq\x01${'0cbuiltins\nset\nh\x01\x85R'.repeat(1000)}`;
  await expect(openTorch(beside('sets.pt', lists))).rejects.toThrow('more than any checkpoint does');
});
