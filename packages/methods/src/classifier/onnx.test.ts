import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClip } from '@dgprompt/clip';
import { convNext, families } from '@dgprompt/clip/testing/families';
import { type Dataset, folder } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { decode, evalPixels } from '@dgprompt/images';
import onnxProto from 'onnx-proto';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Method } from '../learner/types.js';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { clipOf, tinyClip } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { coop } from '../zoo/coop.js';
import { dgprompt } from '../zoo/dgprompt.js';
import { dgpromptFirst } from '../zoo/dgprompt-first.js';
import { maple } from '../zoo/maple.js';
import { zeroshot } from '../zoo/zeroshot.js';
import { exportModel } from './onnx.js';

let root: string;
let dataset: Dataset;
const methods: Record<string, Method> = {};
beforeAll(async () => {
  await useDevice({ threads: 1 });
  root = await mkdtemp(join(tmpdir(), 'dgprompt-export-'));
  const images = join(root, 'pets');
  await colourFolder(images, colours, 6, 30);
  dataset = await folder(images, { fractions: { train: 0.4, val: 0.3 } });
  const clip = tinyClip(1, 3);
  const options = { batch: 2, lr: 0.02, epochs: 1 };
  methods.zeroshot = zeroshot(clip, dataset.classNames);
  methods.coop = coop(clip, dataset.classNames, options);
  methods.maple = maple(clip, dataset.classNames, options);
  methods.dgprompt = dgprompt(clip, dataset.classNames, { ...options, guidance: { rank: 4 } });
  const full = { views: 'mean' as const, rank: 4 };
  methods['dgprompt, blended'] = dgprompt(clip, dataset.classNames, {
    ...options,
    guidance: full,
    retention: { blend: 0.5 },
  });
  methods['dgprompt-first'] = dgpromptFirst(clip, dataset.classNames, { ...options, guidance: { rank: 4 } });
  for (const [name, method] of Object.entries(methods)) {
    if (name === 'zeroshot') continue;
    for await (const _ of train(method, dataset.train, { augment: false })) {
    }
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** A file's answer for an image, from plain ONNX Runtime. */
async function answer(file: string, path: string): Promise<{ label: string; score: number }[]> {
  const session = await ort.InferenceSession.create(file);
  const { data, width, height } = await decode(path);
  const feeds: Record<string, ort.Tensor> = session.inputNames.includes('image')
    ? { image: new ort.Tensor('uint8', data, [height, width, 3]) }
    : { pixels: new ort.Tensor('float32', await evalPixels(path, 8), [1, 3, 8, 8]) };
  const { probabilities, labels } = await session.run(feeds);
  await session.release();
  const scores = probabilities!.data as Float32Array;
  expect(probabilities!.dims).toEqual([1, scores.length]);
  return (labels!.data as string[]).map((label, i) => ({ label, score: scores[i]! })).sort((a, b) => b.score - a.score);
}

const metadata = async (file: string) => {
  const { metadataProps, graph } = onnxProto.onnx.ModelProto.decode(await readFile(file));
  return {
    facts: Object.fromEntries(metadataProps.map(({ key, value }) => [key, value])),
    nodes: graph!.node!,
    constants: new Map(graph!.initializer!.map(one => [one.name!, one])),
  };
};

describe('an exported file', () => {
  it.each(
    ['zeroshot', 'coop', 'maple', 'dgprompt', 'dgprompt, blended', 'dgprompt-first'].flatMap(name => [
      [name, 'image'] as const,
      [name, 'pixels'] as const,
    ]),
  )('of %s answers for %s as predict does', async (name, input) => {
    const method = methods[name]!;
    const file = join(root, `${name}-${input}.onnx`);
    const exported = await exportModel(method, { file, input, check: dataset.test });
    expect(exported.check!.difference).toBeLessThan(1e-5);
    const { path } = dataset.test[3]!;
    const own = await answer(file, path);
    const [expected] = await method.predict([path]);
    expect(own.map(({ label }) => label)).toEqual(expected!.map(({ label }) => label));
    own.forEach(({ score }, i) => {
      expect(score).toBeCloseTo(expected![i]!.score, 5);
    });
  });

  it.each(['SigLIP', 'EVA-02', 'ConvNeXt'])('of a %s answers and prepares images as predict does', async family => {
    const config = family === 'ConvNeXt' ? convNext : families[family]!;
    const preparation = { resize: 'squash' as const, mean: [0.5, 0.5, 0.5], std: [0.5, 0.25, 1] };
    const wide = { ...config, text: { ...config.text, contextLength: 24 } };
    const clip = createClip({ ...clipOf(wide, 1, { start: family !== 'SigLIP' }), preparation });
    const factory = family === 'ConvNeXt' ? coop : maple;
    const file = join(root, `${family}.onnx`);
    const exported = await exportModel(factory(clip, dataset.classNames), { file, check: dataset.test });
    expect(exported.check!.difference).toBeLessThan(1e-5);
    expect((await metadata(file)).facts).toMatchObject({ resize: 'squash', mean: '[0.5,0.5,0.5]' });
    clip.dispose();
  });

  it('describes its classes and preprocessing in its metadata', async () => {
    const file = join(root, 'facts.onnx');
    await exportModel(methods.maple!, { file });
    const { facts } = await metadata(file);
    expect(JSON.parse(facts.classNames!)).toEqual(dataset.classNames);
    expect(facts).toMatchObject({ input: 'image', precision: 'fp32', imageSize: '8', method: 'maple' });
    expect(JSON.parse(facts.mean!)).toHaveLength(3);
    expect(facts.version).toMatch(/^\d+\.\d+\.\d+/);
  });

  it('contains a text tower only if images change the text', async () => {
    const products = async (name: string) => {
      const file = join(root, `${name}.onnx`);
      await exportModel(methods[name]!, { file, input: 'pixels' });
      const { nodes } = await metadata(file);
      return nodes.filter(({ opType }) => opType === 'LayerNormalization').length;
    };
    // Two per block and two around it, in a vision tower of three blocks.
    expect(await products('zeroshot')).toBe(8);
    expect(await products('coop')).toBe(8);
    expect(await products('dgprompt')).toBe(11); // and one for each layer's states that guide visual prompts
    expect(await products('dgprompt-first')).toBeGreaterThan(12);
  });

  it('has other classes if the method was given others', async () => {
    const file = join(root, 'other.onnx');
    await exportModel(methods.maple!.forClasses(['dog', 'house']), { file });
    const own = await answer(file, dataset.test[0]!.path);
    expect(own.map(({ label }) => label).sort()).toEqual(['dog', 'house']);
  });
});

describe('fewer bits', () => {
  it.each(['fp16', 'int8'] as const)('%s makes the file smaller and moves probabilities a little', async precision => {
    const method = methods.dgprompt!;
    const whole = await exportModel(method, { file: join(root, 'whole.onnx'), input: 'pixels' });
    const file = join(root, `${precision}.onnx`);
    const { bytes, check } = await exportModel(method, { file, input: 'pixels', precision, check: dataset.test });
    expect(bytes).toBeLessThan(whole.bytes);
    expect(check!.difference).toBeGreaterThan(0);
    expect(check!.difference).toBeLessThan(precision === 'fp16' ? 0.02 : 0.2);
    const { nodes, constants } = await metadata(file);
    const unpacking = nodes.filter(({ opType }) => opType === (precision === 'fp16' ? 'Cast' : 'DequantizeLinear'));
    expect(unpacking.length).toBeGreaterThan(0);
    if (precision === 'int8')
      for (const { input } of unpacking) {
        const [weights, scales] = input!.map(name => constants.get(name)!);
        expect(weights!.dataType).toBe(3);
        expect(Number(scales!.dims![0])).toBe(Number(weights!.dims!.at(-1)));
      }
  });
});

it('a path that cannot be written throws one sentence and leaves no partial file', async () => {
  await writeFile(join(root, 'plain'), '');
  const before = await readdir(root);
  await expect(exportModel(methods.coop!, { file: join(root, 'plain', 'a.onnx') })).rejects.toThrow(
    /plain cannot be written: (part of the path is a file|a file of that name exists)/,
  );
  expect(await readdir(root)).toEqual(before);
});
