import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { loadClip } from '../checkpoint/load.js';
import type { ClipConfig } from '../config.js';
import { randomParameters, writeCheckpoint } from '../testing/checkpoints.js';
import { families } from '../testing/families.js';
import { COMMIT, type FakeHub, fakeHub } from '../testing/hub.js';
import { wordTokenizer } from '../testing/tiny.js';
import { cachedModels, cachedSnapshot, isHubId, removeModel, verifyModel } from './cache.js';
import { type PullProgress, pullModel } from './pull.js';
import { hubSettings } from './settings.js';

const id = 'someone/tiny-clip';
const config: ClipConfig = {
  embedDim: 32,
  activation: 'quick_gelu',
  vision: { imageSize: 32, patchSize: 8, width: 128, layers: 1, heads: 2 },
  text: { contextLength: 77, vocabSize: 300, width: 64, layers: 1, heads: 1 },
};
const folder = mkdtempSync(join(tmpdir(), 'hub-'));
let files: Record<string, Uint8Array>;
let sharded: Record<string, Uint8Array>;
let hub: FakeHub;
let count = 0;

const contents = (path: string) =>
  Object.fromEntries(readdirSync(path).map(name => [name, new Uint8Array(readFileSync(join(path, name)))]));

beforeAll(async () => {
  await useDevice();
  const named = randomParameters(config);
  files = { ...contents(await writeCheckpoint(folder, 'hf-f32', config, named)), 'README.md': Buffer.from('no need') };
  sharded = contents(await writeCheckpoint(folder, 'hf-sharded-bf16', config, named));
});
beforeEach(async () => {
  hub = await fakeHub(id, files, join(folder, `cache-${count++}`));
});
afterEach(() => hub.close());

const weights = () => join(hub.settings.cache, 'models--someone--tiny-clip/snapshots', COMMIT, 'model.safetensors');

test('a model is stored in the shared cache and not requested again', async () => {
  const progress: PullProgress[] = [];
  const snapshot = await pullModel(id, { settings: hub.settings, onProgress: p => progress.push(p) });
  expect(readdirSync(snapshot).sort()).toEqual(['config.json', 'model.safetensors']);
  expect(new Uint8Array(readFileSync(weights()))).toEqual(files['model.safetensors']);
  expect(lstatSync(weights()).isSymbolicLink()).toBe(true);
  expect(readFileSync(join(snapshot, '../../refs/main'), 'utf8')).toBe(COMMIT);
  expect(progress.at(-1)).toMatchObject({ done: progress.at(-1)!.total });
  expect(hub.requests.some(request => request.includes('README'))).toBe(false);
  const before = hub.requests.filter(request => request.includes('/resolve/')).length;
  await pullModel(id, { settings: hub.settings });
  expect(hub.requests.filter(request => request.includes('/resolve/'))).toHaveLength(before);
});

test('a CLIP loads by its id, through the links of the cache, and again without the hub', async () => {
  const images = tf.randomNormal([1, 3, 32, 32]);
  const options = { settings: hub.settings, tokenizer: wordTokenizer(300) };
  const clip = await loadClip(id, options);
  expect(clip.source).toBe(id);
  const features = await compile((x: tf.Tensor) => clip.vision(x))(images);
  expect(features.shape).toEqual([1, 32]);
  const asked = hub.requests.length;
  const again = await loadClip(id, { ...options, settings: { ...hub.settings, offline: true } });
  expect(again.id).toBe(clip.id);
  expect(hub.requests).toHaveLength(asked);
});

test('a CLIP from the hub prepares images and texts as the same files in a folder do', async () => {
  await hub.close();
  const { tokenizer } = JSON.parse(readFileSync(new URL('../testing/tokenizers/gemma.json', import.meta.url), 'utf8'));
  const wide: ClipConfig = { ...families.SigLIP!, text: { ...families.SigLIP!.text, vocabSize: 500 } };
  const own = await writeCheckpoint(join(folder, 'siglip'), 'openai-f32', wide, randomParameters(wide));
  const half = [0.25, 0.5, 0.75];
  const settings = {
    'config.json': wide,
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': { tokenizer_class: 'SiglipTokenizer' },
    'preprocessor_config.json': { image_mean: half, image_std: half, resample: 2, size: { height: 12, width: 12 } },
  };
  for (const [name, content] of Object.entries(settings)) writeFileSync(join(own, name), JSON.stringify(content));
  hub = await fakeHub(id, contents(own), hub.settings.cache);
  const [pulled, local] = [await loadClip(id, { settings: hub.settings }), await loadClip(own)];
  expect(pulled.preparation).toEqual(local.preparation);
  expect(pulled.preparation).toMatchObject({ mean: half, interpolation: 'bilinear', resize: 'squash' });
  expect(pulled.tokenizer.encode('A Big_dog!')).toEqual(local.tokenizer.encode('a bigdog'));
  expect(pulled.id).toBe(local.id);
});

test('a copy that another program downloaded in part is used with a note, until a pull completes it', async () => {
  await hub.close();
  const preprocessor = Buffer.from(
    JSON.stringify({ image_mean: [0.25, 0.5, 0.75], image_std: [1, 1, 1], resample: 2 }),
  );
  hub = await fakeHub(id, { ...files, 'preprocessor_config.json': preprocessor }, hub.settings.cache);
  const snapshot = await pullModel(id, { settings: hub.settings });
  rmSync(join(snapshot, 'preprocessor_config.json'));
  rmSync(join(snapshot, '../../.no_exist'), { recursive: true });
  const load = () => loadClip(id, { settings: hub.settings, tokenizer: wordTokenizer(300) });
  const before = hub.requests.length;
  expect((await load()).notes).toEqual([
    expect.stringMatching(/has no preprocessor_config.json and no tokenizer_config.json, .* Run dgprompt models pull/),
  ]);
  expect(hub.requests).toHaveLength(before);
  await pullModel(id, { settings: hub.settings });
  const complete = await load();
  expect(complete.notes).toEqual([]);
  expect(complete.preparation.mean).toEqual([0.25, 0.5, 0.75]);
});

test('shards are downloaded with their index', async () => {
  await hub.close();
  hub = await fakeHub(id, sharded, hub.settings.cache);
  const clip = await loadClip(id, { settings: hub.settings, tokenizer: wordTokenizer(300) });
  expect(clip.config).toEqual(config);
  rmSync(realpathSync(weights().replace('model.', 'model-00002-of-00003.')));
  expect(cachedSnapshot(id, { settings: hub.settings })).toBeUndefined();
  await pullModel(id, { settings: hub.settings });
  expect(cachedSnapshot(id, { settings: hub.settings })).toBeDefined();
});

test('a cut connection resumes where it stopped', async () => {
  hub.faults.cutAfter = [5000, 9000, 1];
  await pullModel(id, { settings: hub.settings });
  const ranges = hub.requests
    .filter(request => request.includes('model.safetensors'))
    .map(request => request.split(' ')[2]);
  expect(ranges[0]).toBeUndefined();
  const starts = ranges.slice(1).map(range => Number(/\d+/.exec(range!)![0]));
  expect(starts.every((start, i) => start > (starts[i - 1] ?? 0))).toBe(true);
  expect(new Uint8Array(readFileSync(weights()))).toEqual(files['model.safetensors']);
});

test('partial files of an earlier attempt are reused, also with a server without ranges', async () => {
  const lfs = (await import('node:crypto')).createHash('sha256').update(files['model.safetensors']!).digest('hex');
  const blobs = join(hub.settings.cache, 'models--someone--tiny-clip/blobs');
  mkdirSync(blobs, { recursive: true });
  writeFileSync(join(blobs, `${lfs}.incomplete`), files['model.safetensors']!.subarray(0, 3000));
  await pullModel(id, { settings: hub.settings });
  expect(hub.requests.at(-1)).toContain('bytes=3000-');
  rmSync(join(blobs, lfs));
  writeFileSync(join(blobs, `${lfs}.incomplete`), files['model.safetensors']!.subarray(0, 3000));
  hub.faults.noRanges = true;
  await pullModel(id, { settings: hub.settings });
  expect(new Uint8Array(readFileSync(weights()))).toEqual(files['model.safetensors']);
});

test('a file with a wrong checksum is deleted, and the error says so', async () => {
  hub.faults.corrupt = 'model.safetensors';
  await expect(pullModel(id, { settings: hub.settings })).rejects.toThrow(/SHA-256 is .+ It was deleted; try again/);
  expect(existsSync(weights())).toBe(false);
  const blobs = readdirSync(join(hub.settings.cache, 'models--someone--tiny-clip/blobs'));
  expect(blobs.filter(name => name.includes('.'))).toEqual([]);
  hub.faults.corrupt = 'config.json';
  rmSync(hub.settings.cache, { recursive: true });
  await expect(pullModel(id, { settings: hub.settings })).rejects.toThrow('its git id is');
  hub.faults.corrupt = undefined;
  await pullModel(id, { settings: hub.settings });
});

test('models of the cache are listed, verified and removed', async () => {
  expect(await cachedModels(hub.settings)).toEqual([]);
  await pullModel(id, { settings: hub.settings });
  const [model] = await cachedModels(hub.settings);
  expect(model).toMatchObject({ id, size: files['config.json']!.length + files['model.safetensors']!.length });
  expect(await verifyModel(id, hub.settings)).toEqual([{ file: 'config.json' }, { file: 'model.safetensors' }]);
  const blob = realpathSync(weights());
  writeFileSync(blob, readFileSync(blob).fill(1, 100, 110));
  expect((await verifyModel(id, hub.settings))[1]!.wrong).toMatch('SHA-256');
  expect(await removeModel(id, hub.settings)).toBe(model!.size);
  expect(await cachedModels(hub.settings)).toEqual([]);
  await expect(removeModel(id, hub.settings)).rejects.toThrow('is not in');
});

test('what cannot be downloaded throws one sentence', async () => {
  const refused = async (name: string, settings = hub.settings) => {
    const error: Error = await pullModel(name, { settings }).then(
      () => new Error('pulled'),
      cause => cause,
    );
    expect(error.message).not.toContain('\n');
    return error.message;
  };
  expect(await refused('someone/else')).toMatch(/someone\/else cannot be looked up at .+: there is no such model/);
  expect(await refused('../../etc/passwd')).toContain('is not the id of a model');
  expect(await refused(id, { ...hub.settings, offline: true })).toContain('HF_HUB_OFFLINE forbids');
  expect(await refused(id, { ...hub.settings, endpoint: 'http://127.0.0.1:1' })).toContain(
    'cannot be looked up at http://127.0.0.1:1',
  );
  hub.faults.token = 'secret';
  expect(await refused(id)).toContain('set HF_TOKEN');
  const token = 'secret';
  await pullModel(id, { settings: { ...hub.settings, token } });
});

test('an aborted download stops, and keeps its data for the next time', async () => {
  hub.faults.cutAfter = [5000, 5000, 5000, 5000, 5000, 5000];
  const controller = new AbortController();
  const pulled = pullModel(id, {
    settings: hub.settings,
    signal: controller.signal,
    onProgress: ({ file }) => file === 'model.safetensors' && controller.abort(new Error('enough')),
  });
  await expect(pulled).rejects.toThrow('enough');
  const left = readdirSync(join(hub.settings.cache, 'models--someone--tiny-clip/blobs'));
  expect(left.some(name => name.endsWith('.incomplete'))).toBe(true);
  expect(left.some(name => name.endsWith('.lock'))).toBe(false);
});

test('settings come from the same places as in other tools', () => {
  const home = mkdtempSync(join(tmpdir(), 'hf-home-'));
  writeFileSync(join(home, 'token'), 'from-login\n');
  expect(hubSettings({ HF_HOME: home, HF_ENDPOINT: 'http://mirror/', HF_HUB_OFFLINE: '1' })).toEqual({
    endpoint: 'http://mirror',
    cache: join(home, 'hub'),
    token: 'from-login',
    offline: true,
  });
  expect(hubSettings({ HF_HOME: home, HF_TOKEN: 'mine', HF_HUB_CACHE: '/elsewhere' })).toMatchObject({
    cache: '/elsewhere',
    token: 'mine',
    offline: false,
  });
  expect(hubSettings({ HF_HOME: home, HF_TOKEN: '', HF_HUB_CACHE: '' })).toEqual(hubSettings({ HF_HOME: home }));
  expect(() => hubSettings({ HF_ENDPOINT: 'mirror' })).toThrow('HF_ENDPOINT is "mirror"');
  expect(isHubId('openai/clip-vit-base-patch16')).toBe(true);
  expect(['a', 'a/b/c', './a', 'a/../b', '/a/b'].some(isHubId)).toBe(false);
});

test('two pulls at once: the second waits for the first, and nothing is downloaded twice', async () => {
  const waits: number[] = [];
  const pull = () => pullModel(id, { settings: hub.settings, onWait: ({ pid }) => waits.push(pid) });
  const [first, second] = await Promise.all([pull(), pull()]);
  expect(second).toBe(first);
  expect(waits).toEqual([process.pid]);
  expect(hub.requests.filter(request => request.includes('/resolve/'))).toHaveLength(2);
  expect(readdirSync(join(hub.settings.cache, 'models--someone--tiny-clip'))).not.toContain('.lock');
});

test('the token and requests go only to the hub, wherever its answers lead', async () => {
  const seen: string[] = [];
  const other = createServer((request, response) => {
    seen.push(`${request.url} ${request.headers.authorization}`);
    response.end('[]');
  });
  await new Promise<void>(resolve => other.listen(0, '127.0.0.1', resolve));
  const { port } = other.address() as AddressInfo;
  hub.faults.next = `http://127.0.0.1:${port}/next`;
  const settings = { ...hub.settings, token: 'secret' };
  await expect(pullModel(id, { settings })).rejects.toThrow(
    `an answer leads to http://127.0.0.1:${port}, which is not the hub's own address`,
  );
  expect(seen).toEqual([]);
  hub.faults.next = `${hub.settings.endpoint}/api/models/${id}/tree/${COMMIT}`; // and so on, forever
  await expect(pullModel(id, { settings })).rejects.toThrow('it has more than 100 pages of files');
  other.close();
});

test('an answer that does not end is cut off', async () => {
  hub.faults.endless = true;
  await expect(pullModel(id, { settings: hub.settings })).rejects.toThrow(/its answer is longer than 8.4 MB/);
});

test.each(['../../../evil', '/etc/passwd', 'a/b.safetensors', '.hidden'])('an index may not name %s', async name => {
  await hub.close();
  const index = Buffer.from(JSON.stringify({ weight_map: { x: name }, filler: 'x'.repeat(1000) }));
  hub = await fakeHub(id, { 'model.safetensors.index.json': index, [name]: Buffer.alloc(9) }, hub.settings.cache);
  await expect(pullModel(id, { settings: hub.settings })).rejects.toThrow('which is not a file next to it');
  expect(hub.requests.some(request => request.includes('evil'))).toBe(false);
});
