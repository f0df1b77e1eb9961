import { copyFile, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { activeDevice, useDevice } from '@dgprompt/engine';
import { type NamedArray, openSafetensors, writeSafetensors } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-int8-'));
});
afterAll(async () => {
  await rm(root, { recursive: true });
  await useDevice();
});

/** The mini-CLIP with two channels scaled up a hundredfold after the norms: the same function in float32. */
async function withOutliers(): Promise<string> {
  const folder = await mkdtemp(join(root, 'clip-'));
  for (const name of await readdir(miniClip)) await copyFile(join(miniClip, name), join(folder, name));
  const file = openSafetensors(join(miniClip, 'model.safetensors'));
  const arrays = new Map<string, NamedArray>();
  for (const [name, { shape }] of file.tensors) {
    const data = file.read(name);
    const width = shape.at(-1)!;
    const factor = /resblocks.*ln_[12]\./.test(name) ? 100 : /in_proj_weight|c_fc\.weight/.test(name) ? 1 / 100 : 1;
    arrays.set(name, { shape, data: data.map((x, i) => ([3, 50].includes(i % width) ? x * factor : x)) });
  }
  file.close();
  await writeSafetensors(join(folder, 'model.safetensors'), arrays);
  return folder;
}

const bench = (results: string, ...more: string[]) =>
  callCli([
    ...['bench', '--tasks', 'weather', '--shots', '1', '--epochs', '1', '--threads', '1', '--precision', 'int8'],
    ...['--results', join(root, results), ...more],
  ]);
const warning = /! int8 changes this CLIP too much/g;

describe('bench in int8', () => {
  test('a CLIP that int8 suits gives no warning, has int8 in its table, and repeats to the same bits', async () => {
    const profile = join(root, 'profile');
    const { code, stdout, stderr } = await bench('mini', '--methods', 'clip,vpt', '--profile', profile);
    expect(code).toBe(0);
    expect(stderr).not.toContain('!');
    expect(stdout).toContain('VPT, int8');
    expect(stderr).toMatch(/^int8: (\d+) of \1 products with weights$/m);
    expect(activeDevice()).toEqual({ device: 'cpu', threads: 1, precision: 'int8' });
    const run = (await readdir(join(root, 'mini'))).find(name => name.includes('_vpt_'))!;
    const again = await callCli(['repeat', join(root, 'mini', run)]);
    expect(again.stdout).toMatch(/^✓ Bit-identical: 1 epochs and base/);
  }, 180_000);

  test('a CLIP with outlier channels warns once, and not if nothing is left to run', async () => {
    const model = await withOutliers();
    const asked = ['--model', model, '--methods', 'clip,coop'];
    const { code, stderr } = await bench('outliers', ...asked);
    expect(code).toBe(0);
    expect(stderr.match(warning)).toHaveLength(1);
    expect(stderr).toMatch(
      /cosine with float32's of image features 0\.\d{3}, not at least 0\.995; of prompt gradients .*\.$/m,
    );
    expect((await bench('outliers', ...asked)).stderr).not.toMatch(warning);
  }, 180_000);
});

test('train in int8 says if no matrix is large enough', async () => {
  const images = join(await tinySuite(['colours']), 'colours');
  const args = ['train', images, '--model', await tinyClip(), '--out', join(root, 'trained'), '--method', 'coop'];
  const { code, stderr } = await callCli([...args, '--epochs', '1', '--precision', 'int8', '--threads', '1']);
  expect(code).toBe(0);
  expect(stderr).toContain('! This CLIP has no matrix that is large enough for int8');
});
