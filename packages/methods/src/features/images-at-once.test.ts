import { useDevice } from '@dgprompt/engine';
import { afterAll, expect, test } from 'vitest';
import { imagesAtOnce } from './images-at-once.js';

afterAll(() => useDevice());

const vit = (imageSize: number, patchSize: number, width: number, stages?: number[]) =>
  ({ config: { vision: { imageSize, patchSize, width, layers: 12, heads: 12, ...(stages && { stages }) } } }) as never;

test('on a CPU, as many images go through a tower as its caches hold', async () => {
  await useDevice({ threads: 2 });
  expect(imagesAtOnce(vit(224, 16, 768))).toBe(4); // ViT-B/16
  expect(imagesAtOnce(vit(224, 32, 768))).toBe(16); // ViT-B/32
  expect(imagesAtOnce(vit(336, 14, 1024))).toBe(1); // ViT-L/14@336
  expect(imagesAtOnce(vit(2240, 14, 1664))).toBe(1);
  expect(imagesAtOnce(vit(32, 8, 64))).toBe(32); // a mini-CLIP
  expect(imagesAtOnce(vit(224, 32, 64, [3, 4, 6, 3]))).toBe(32); // a ModifiedResNet
});

test('and twice as many with twice the cores', async () => {
  await useDevice({ threads: 4 });
  expect(imagesAtOnce(vit(224, 16, 768))).toBe(8);
});

test('elsewhere, always the same number', async () => {
  await useDevice({ backend: 'cpu' });
  expect(imagesAtOnce(vit(224, 16, 768))).toBe(32);
});
