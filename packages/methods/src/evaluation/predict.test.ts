import { useDevice } from '@dgprompt/engine';
import { beforeAll, expect, it } from 'vitest';
import { imageViews, names, tinyClip } from '../testing/tiny.js';
import type { Transform } from '../transforms/transform.js';
import { maple } from '../zoo/maple.js';
import { predictEach } from './predict.js';

beforeAll(() => useDevice({ backend: 'cpu' }));

const method = () => maple(tinyClip(), names);
const paths = (count: number) => Array.from({ length: count }, (_, i) => `${i % 3}-${i}`);
const collect = async (images: Iterable<string> | AsyncIterable<string>, transform: Transform) => {
  const answers = [];
  for await (const answer of predictEach(method(), images, { transform })) answers.push(answer);
  return answers;
};

it('answers any number of images in order, the same for an image alone and among many', async () => {
  const many = await collect(paths(70), imageViews());
  expect(many.map(({ path }) => path)).toEqual(paths(70));
  const [alone] = await collect(['2-65'], imageViews());
  const among = many[65]!;
  if (!('predictions' in alone!) || !('predictions' in among)) throw new Error('An image was not read.');
  expect(among.path).toBe('2-65');
  expect(alone.predictions.map(({ label }) => label)).toEqual(among.predictions.map(({ label }) => label));
  alone.predictions.forEach(({ score }, i) => {
    expect(score).toBeCloseTo(among.predictions[i]!.score, 5);
  });
});

it('an image that cannot be read gets an error, and changes nothing for the others', async () => {
  const whole = await collect(paths(5), imageViews());
  const views = imageViews();
  const broken: Transform = {
    fixed: true,
    load: (path, random) => (path === '1-1' ? Promise.reject(new Error('1-1 is no image.')) : views.load(path, random)),
  };
  const some = await collect(paths(5), broken);
  expect(some[1]).toMatchObject({ path: '1-1', error: new Error('1-1 is no image.') });
  expect(some.filter((_, i) => i !== 1)).toEqual(whole.filter((_, i) => i !== 1));
  const none = await collect(['1-1'], broken);
  expect(none).toHaveLength(1);
});

it('takes streamed images, and reads at most two batches ahead', async () => {
  const views = imageViews();
  async function* endless() {
    for (let i = 0; ; i++) yield `0-${i}`;
  }
  let seen = 0;
  for await (const _ of predictEach(method(), endless(), { transform: views })) if (++seen === 3) break;
  expect(views.loads).toBeLessThanOrEqual(96);
});

it('stops when it is aborted', async () => {
  const stop = new AbortController();
  const answers = predictEach(method(), paths(100), { transform: imageViews(), signal: stop.signal });
  await answers.next();
  stop.abort(new Error('enough'));
  await expect(
    (async () => {
      for await (const _ of answers) {
      }
    })(),
  ).rejects.toThrow('enough');
});
