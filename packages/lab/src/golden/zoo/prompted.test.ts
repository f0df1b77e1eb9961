import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import type { SafetensorsFile } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import { beforeAll, expect, test } from 'vitest';
import { promptedCases } from './prompted.js';
import { openRecording } from './recording.js';

beforeAll(async () => void (await useDevice()));

/** The method to compare with a recording that has these settings and prompts. */
async function made(name: string, metadata: Record<string, unknown>, prompts: string[], shapes = {}) {
  const clip = await loadClip(miniClip);
  const { start, end, encode } = clip.tokenizer;
  const rows = prompts.map(text => [...(start === undefined ? [] : [start]), ...encode(text), end]);
  const length = Math.max(...rows.map(row => row.length));
  const ids = Float32Array.from(rows.flatMap(row => [...row, ...Array(length - row.length).fill(0)]));
  const stored = Object.entries({ tokens: [rows.length, length], ...shapes });
  const file = {
    metadata: { method: name, ...Object.fromEntries(Object.entries(metadata).map(([k, v]) => [k, JSON.stringify(v)])) },
    tensors: new Map(stored.map(([key, shape]) => [key, { dtype: 'F32', shape }])),
    read: () => ids,
  } as unknown as SafetensorsFile;
  const method = await promptedCases[name]!.make(openRecording(file, clip));
  const { options, task } = method;
  method.dispose();
  clip.dispose();
  return { options, templates: task.templates };
}

const classnames = ['sun', 'moon'];

test('DePT takes its probe share and learning-rate factor from the recording', async () => {
  const settings = { COOP: { N_CTX: 5 }, LINEAR_PROBE: { WEIGHT: 0.4 } };
  const { options } = await made('dept', { classnames, settings, lr: [0.002, 0.01] }, ['x x x x x sun.']);
  expect(options).toEqual({ tokens: 5, weight: 0.4, lrScale: 5 });
});

test('PLOT++ has one context per prompt, initialised with its words', async () => {
  const settings = { PLOTPP: { TRADE_OFF: true, MODEL_UPD: 'joint' } };
  const vision = { 'init.prompt_learner.ctx_vision': [3, 1, 8] };
  const prompts = ['a photo of a sun.', 'a photo of a moon.', 'art of the sun.', 'art of the moon.'];
  const first = await made('plotpp', { classnames, settings }, prompts, vision);
  expect(first.options).toMatchObject({
    prompts: 3,
    tokens: 1,
    words: ['a photo of a', 'art of the'],
    stage: 'vision',
  });
  const joint = { ...vision, 'grad0.prompt_learner.ctx': [2, 4, 8] };
  const second = await made('plotpp', { classnames, settings }, prompts, joint);
  expect(second.options).toMatchObject({ stage: 'both', pooled: true });
});

test('TCP keeps the words after the name', async () => {
  const settings = { COOP: { N_CTX: 4 } };
  const { options } = await made('tcp', { classnames, settings, layer: 1 }, ['x x x x sun, a type of pet.']);
  expect(options).toMatchObject({ tokens: 4, words: 'x x x x {} , a type of pet .' });
});
