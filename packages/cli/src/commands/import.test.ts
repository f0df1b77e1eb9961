import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinyClip } from '@dgprompt/bench/testing/tiny';
import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { maple } from '@dgprompt/methods';
import { importable } from '@dgprompt/methods/published';
import { expect, test } from 'vitest';
import { classList } from '../own-images/class-list.js';
import { callCli } from '../testing/run-cli.js';
import { importableMethods } from './import.js';

const fixture = fileURLToPath(new URL('../../../methods/fixtures/maple.pth.tar-5', import.meta.url));
const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-import-'));

test('the help lists all methods with published checkpoints', () => {
  expect(importableMethods.split(', ')).toEqual(importable);
});

test('import reports a mismatch in one line and leaves no files', async () => {
  const model = await tinyClip();
  const out = join(await newFolder(), 'out');
  const call = (...more: string[]) => callCli(['import', fixture, '--model', model, '--out', out, ...more]);
  const other = await call('--method', 'maple', '--classes', 'cat,big dog,owl');
  expect(other).toMatchObject({ code: 1, stderr: expect.stringMatching(/maple\.pth\.tar-5.*another CLIP/) });
  expect(other.stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(await call('--method', 'mapel', '--classes', 'a,b')).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('Did you mean "maple"?'),
  });
  await expect(readFile(join(out, 'run.json'))).rejects.toThrow('ENOENT');
});

test('classes come from the command line, from lines, from a JSON list, and from a split', async () => {
  const folder = await newFolder();
  const file = async (name: string, text: string) => {
    await writeFile(join(folder, name), text);
    return join(folder, name);
  };
  const five = ['a', 'b b', 'c', 'd', 'e'];
  expect(await classList('a,b b,c,d,e')).toEqual(five);
  expect(await classList(await file('lines.txt', 'a\nb b\r\nc\n\nd\ne\n'), 'base')).toEqual(['a', 'b b', 'c']);
  expect(await classList(await file('list.json', JSON.stringify(five)), 'new')).toEqual(['d', 'e']);
  const train = five.map((name, label) => [`${label}.jpg`, label, name]);
  expect(await classList(await file('split.json', JSON.stringify({ train, val: [], test: [] })))).toEqual(five);
  await expect(classList(await file('broken.json', '[1'))).rejects.toThrow(/broken\.json is not valid JSON/);
});

test('interpret prints the words nearest to a checkpoint’s context', async () => {
  await useDevice();
  const clip = await loadClip(await tinyClip());
  const method = maple(clip, ['red', 'blue'], { tokens: 2, init: 'a photo' });
  const folder = await newFolder();
  await method.save(folder);
  const { code, stdout } = await callCli(['interpret', folder, '--top', '2', '--json']);
  const { contexts } = JSON.parse(stdout);
  expect(code).toBe(0);
  expect(contexts[0].vectors.map((near: { word: string }[]) => near[0]!.word)).toEqual(['a', 'p…']); // letter by letter
  expect((await callCli(['interpret', folder])).stdout).toContain('p… 0.000');
});
