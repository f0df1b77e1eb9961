import type { TensorFile } from '@dgprompt/io';
import { processorTime } from '@dgprompt/io/testing/fuzz';
import { expect, test } from 'vitest';
import { unwrapped } from './unwrap.js';

const entry = { dtype: 'F32', shape: [], start: 0, end: 4 };

/** A file with tensors of these names. */
function fileOf(...names: string[]): TensorFile {
  const tensors = new Map(names.map(name => [name, entry]));
  return { path: 'epoch_2.pt', tensors, read: () => new Float32Array(1), close() {} };
}

const plain = (...names: string[]) => unwrapped([fileOf(...names)]).map(tensor => tensor.plain);

test.each([
  'state_dict.',
  'model.',
  'module.',
  'clip.',
  'clip_model.',
  '_orig_mod.',
  'model_state_dict.',
  'state_dict.module.',
  'state_dict.module._orig_mod.',
  'model._orig_mod.module.',
  'state_dict.model.clip_model.',
  'state_dict.clip.module.model.',
])('%s around a model, with an optimizer beside it', wrapper => {
  const names = ['visual.conv1.weight', 'transformer.resblocks.0.ln_1.weight', 'logit_scale'];
  const all = [...names.map(name => wrapper + name), 'optimizer.state.0.exp_avg', 'scaler.scale'];
  const found = unwrapped([fileOf(...all)]);
  const inside = found.filter(({ plain }) => names.includes(plain));
  expect(inside.map(({ name }) => name)).toEqual(names.map(name => wrapper + name));
  expect(found.length).toBe(wrapper === '_orig_mod.' ? all.length : names.length);
});

test('names of a CLIP without a wrapper stay unchanged', () => {
  const names = ['vision_model.post_layernorm.weight', 'text_model.final_layer_norm.weight', 'model.other'];
  expect(plain(...names)).toEqual(names);
});

test('a compiled or sharded part has its plain name', () => {
  expect(plain('visual._orig_mod.proj', 'visual.blocks._fsdp_wrapped_module.0.weight')).toEqual([
    'visual.proj',
    'visual.blocks.0.weight',
  ]);
});

test.each([
  ['model.', 'model_ema.'],
  ['state_dict.', 'state_dict_ema.module.'],
  ['model.module.', 'ema.'],
])('of the trained weights in %s and the averaged ones in %s, the averaged are used', (trained, averaged) => {
  const found = unwrapped([fileOf(`${trained}visual.proj`, `${averaged}visual.proj`)]);
  expect(found.map(({ name, plain }) => [name, plain])).toEqual([[`${averaged}visual.proj`, 'visual.proj']]);
});

test('averages that are not a model are skipped', () => {
  expect(plain('ema.shadow.0', 'state_dict.visual.proj')).toEqual(['visual.proj']);
});

test('another name is a wrapper if only one has a CLIP below it', () => {
  expect(plain('weights.backbone.visual.proj', 'weights.backbone.logit_scale', 'head.bias')).toEqual([
    'visual.proj',
    'logit_scale',
  ]);
});

test.each([
  ['student.visual.proj', 'teacher.visual.proj', '"student", "teacher"'],
  ['state_dict.visual.proj', 'model.visual.proj', '"state_dict", "model"'],
])('of several models (%s, %s) none is chosen in silence', (one, other, says) => {
  expect(() => plain(one, other)).toThrow(`epoch_2.pt has several models, under ${says}; save the one`);
});

test('shards share their wrappers', () => {
  const found = unwrapped([fileOf('model.visual.proj'), fileOf('model.logit_scale')]);
  expect(found.map(tensor => tensor.plain)).toEqual(['visual.proj', 'logit_scale']);
});

test('names without a CLIP stay, however often a wrapper is repeated', () => {
  const many = Array.from({ length: 20_000 }, (_, i) => `${'module.'.repeat(20)}${i}`);
  const names = ['state_dict.prompt_learner.ctx', `${'module.'.repeat(100_000)}x`, ...many];
  const start = processorTime();
  expect(plain(...names)).toEqual(names);
  expect(processorTime() - start).toBeLessThan(2000);
});
