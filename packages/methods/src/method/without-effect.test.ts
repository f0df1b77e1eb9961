import { useDevice } from '@dgprompt/engine';
import { beforeAll, expect, it, vi } from 'vitest';
import { names, tinyClip } from '../testing/tiny.js';
import { resolveMethod } from '../zoo/all.js';
import { dgprompt } from '../zoo/dgprompt.js';
import { zeroshot } from '../zoo/zeroshot.js';

let clip: ReturnType<typeof tinyClip>;
beforeAll(async () => {
  await useDevice({ backend: 'cpu' });
  clip = tinyClip();
});

it.each([
  ['clip:lr=3', 'clip:lr=3: lr has no effect, since clip trains nothing'],
  ['clip:optimizer.name=adam', 'optimizer.name has no effect, since clip trains nothing'],
  ['tpt:lr=0.5', 'lr has no effect, since tpt trains nothing'],
  ['tpt:augmentation=randaugment', 'augmentation has no effect, since tpt trains nothing'],
  ['linear-probe:epochs=5', 'epochs has no effect, since linear-probe is fitted at once'],
  ['linear-probe:cropScale=0.5', 'cropScale has no effect, since linear-probe is fitted at once'],
  ['linear-probe:augmentation=augmix', 'augmentation has no effect, since linear-probe is fitted at once'],
  ['linear-probe:c=1+steps=3', 'steps has no effect, since C is not searched while c is given'],
  ['dgprompt:average.std=3', 'average.std has no effect, since there is no average while average.mean is 0'],
  ['dgprompt:average.std=1', 'average.std has no effect'],
  ['promptsrc:average.mean=0+average.std=3', 'average.std has no effect'],
  ['dgprompt:no-image+guidance.text=none+guidance.rank=8', 'guidance.rank has no effect, since nothing is generated'],
  ['dgprompt:guidance.from=3+guidance.gate=true', 'guidance.gate has no effect, since no layer from 3 on has prompts'],
  ['dgprompt:no-retention+retention.templates=["{}."]', 'retention.templates has no effect'],
  ['dgprompt:no-retention+retention.view=same', 'retention.view has no effect, since the loss compares no images'],
  ['dgprompt:plain+guidance.from=3', 'guidance.from has no effect, since nothing is generated'],
  ['coop:memory+memory.strength=0+memory.ridge=3', 'memory.ridge has no effect, since nothing is shifted'],
  ['tip-adapter-f:no-search+scale.beta=20', 'scale.beta has no effect, since nothing is searched'],
  ['hicropl:tokens=8+init=a picture of a', 'init has no effect, since more than 4 tokens start as noise'],
  ['clap:free+passes=3', 'passes has no effect, since nothing is weighted while constraint is 0'],
])('%s throws with the reason', (id, message) => {
  expect(() => resolveMethod(id)(clip, names)).toThrow(message);
});

it('options with an effect, and numbers for all methods, are accepted', () => {
  for (const id of [
    'dgprompt:average.mean=2+average.std=3',
    'dgprompt:no-image+guidance.rank=8',
    'linear-probe:steps=3',
    'lpplusplus:cropScale=0.3', // it is fitted to random views
    'lpplusplus:augmentation=augmix',
    'gda:cropScale=0.5',
    'coop:memory+memory.ridge=3',
    'tpt:coop+epochs=2',
  ])
    resolveMethod(id)(clip, names).dispose();
  zeroshot(clip, names, { epochs: 3, lr: 1 }).dispose();
  const { options } = dgprompt(clip, names);
  dgprompt(clip, names, options).dispose();
  expect(() => dgprompt(clip, names, { average: { std: 2 } })).toThrow('average.std has no effect');
});

it('classes that are the same tokens give one warning', () => {
  const warn = vi.spyOn(console, 'warn').mockImplementation(() => {});
  for (let i = 0; i < 2; i++) zeroshot(clip, ['Fog', 'fog', 'sun']).dispose();
  expect(warn.mock.calls).toEqual([[expect.stringMatching(/^The classes "Fog" and "fog" are the same tokens/)]]);
});
