import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipConfig } from '@dgprompt/clip';
import { clipWeightsToNames, initClipWeights } from '@dgprompt/clip/weights';
import { seededRandom } from '@dgprompt/engine';
import { bytes, writeSafetensors } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'models-'));
  vi.stubEnv('HF_HOME', home);
  vi.stubEnv('HF_ENDPOINT', 'http://127.0.0.1:1'); // no server listens here
  vi.stubEnv('HF_HUB_CACHE', undefined);
});
afterEach(() => vi.unstubAllEnvs());

/** Stores a model as the hub's tools do. */
function keep(id: string): string {
  const folder = join(home, 'hub', `models--${id.replace('/', '--')}`);
  const commit = '0123456789abcdef0123456789abcdef01234567';
  const content = Buffer.alloc(2500, 7);
  const hash = createHash('sha256').update(content).digest('hex');
  for (const part of ['blobs', 'refs', `snapshots/${commit}`]) mkdirSync(join(folder, part), { recursive: true });
  writeFileSync(join(folder, 'blobs', hash), content);
  writeFileSync(join(folder, 'refs/main'), commit);
  const file = join(folder, 'snapshots', commit, 'model.safetensors');
  symlinkSync(`../../blobs/${hash}`, file);
  return file;
}

test('list, verify and rm work on the cache', async () => {
  expect((await callCli(['models', 'list'])).stdout).toContain(`There are no models in ${join(home, 'hub')}`);
  const file = keep('someone/tiny');
  expect((await callCli(['models', 'list'])).stdout).toMatch(/someone\/tiny\s+2\.5 kB/);
  const [row] = JSON.parse((await callCli(['models', 'list', '--json'])).stdout);
  expect(row).toMatchObject({ id: 'someone/tiny', bytes: 2500 });
  const verified = await callCli(['models', 'verify']);
  expect(verified).toMatchObject({ code: 0, stdout: '✓ someone/tiny model.safetensors\n' });
  writeFileSync(realpathSync(file), readFileSync(file).fill(8, 0, 3));
  const broken = await callCli(['models', 'verify', 'someone/tiny']);
  expect(broken.code).toBe(1);
  expect(broken.stdout).toContain('✗ someone/tiny model.safetensors: its SHA-256 is');
  expect((await callCli(['models', 'rm', 'someone/tiny'])).stdout).toBe('someone/tiny: 2.5 kB freed\n');
  expect(await callCli(['models', 'rm', 'someone/tiny'])).toMatchObject({ code: 1 });
});

test('pull reports what is wrong in one line', async () => {
  for (const [id, says] of [
    ['someone/tiny', 'someone/tiny cannot be looked up at http://127.0.0.1:1'],
    ['tiny', '"tiny" is not the id of a model'],
  ]) {
    const { code, stdout, stderr } = await callCli(['models', 'pull', id!]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(says);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  }
  vi.stubEnv('HF_HUB_OFFLINE', '1');
  expect((await callCli(['models', 'pull', 'someone/tiny'])).stderr).toContain('HF_HUB_OFFLINE forbids');
  expect(await callCli(['models', 'pul'])).toMatchObject({ code: 2 });
});

test('show describes a CLIP', async () => {
  const { code, stdout } = await callCli(['models', 'show', miniClip]);
  expect(code).toBe(0);
  expect(stdout.split('\n').slice(1)).toEqual([
    'id              4c2a5f51546281e6c7cb3cc47803d6eab1eb3daa61921605b9cb7bb3e528aa07',
    'embedding       128',
    'logits          times 21.0495',
    'scores          a softmax over classes',
    'vision          vision transformer, 48 pixels, patches of 6, 6 layers, width 160, 5 heads, MLP 640, quick_gelu, pooling class',
    'visual prompts  yes',
    'text            32 tokens, a vocabulary of 6016, 4 layers, width 128, 2 heads, MLP 512, quick_gelu, pooling end',
    "images          48 pixels, as OpenAI's",
    '',
  ]);
  const facts = JSON.parse((await callCli(['models', 'show', miniClip, '--json'])).stdout);
  expect(facts).toMatchObject({
    vision: { imageSize: 48, patchSize: 6, heads: 5, activation: 'quick_gelu' },
    preparation: { size: 48, resize: 'shortest', interpolation: 'bicubic', name: '' },
    notes: [],
  });
  expect(await callCli(['models', 'show', './absent'])).toMatchObject({ code: 1, stdout: '' });
});

test('show uses --model-config and the preprocessing file next to the weights, and says what it assumed', async () => {
  const tower = { width: 64, layers: 1, heads: 2 };
  const config: ClipConfig = {
    embedDim: 16,
    activation: 'gelu',
    vision: { ...tower, imageSize: 16, patchSize: 8, pooling: 'mean' },
    text: { ...tower, contextLength: 8, vocabSize: 49408 },
  };
  await tf.setBackend('cpu');
  const folder = mkdtempSync(join(tmpdir(), 'shown-'));
  await writeSafetensors(
    join(folder, 'model.safetensors'),
    clipWeightsToNames(config, initClipWeights(config, seededRandom(1))),
  );
  const preparation = { size: { height: 16, width: 16 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(preparation));
  const given = join(folder, 'given.json');
  writeFileSync(given, JSON.stringify(config));
  const { stdout } = await callCli(['models', 'show', folder, '--model-config', given]);
  expect(stdout).toContain('1 layer, width 64, 2 heads, MLP 256, gelu, pooling mean');
  expect(stdout).toContain('16 pixels, resize squash, mean 0.5 0.5 0.5, std 0.5 0.5 0.5');
  expect(stdout).not.toContain('\nnote');
  writeFileSync(given, JSON.stringify({ ...config, vision: { ...config.vision, poling: 'mean' } }));
  const wrong = await callCli(['models', 'show', folder, '--model-config', given]);
  expect(wrong).toMatchObject({ code: 1, stdout: '' });
  expect(wrong.stderr).toContain('given.json has a setting "vision.poling"');
  const assumed = await callCli(['models', 'show', folder]);
  expect(assumed.stdout).toMatch(/\nnote +.* has no config next to it that gives them/);
});

test('sizes are human-readable', () => {
  expect([0, 812, 3_400, 598_600_000, 1.25e12].map(bytes)).toEqual(['0 B', '812 B', '3.4 kB', '599 MB', '1250 GB']);
});
