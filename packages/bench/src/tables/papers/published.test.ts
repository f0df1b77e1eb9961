import { expect, test } from 'vitest';
import { elevenDatasets } from '../../suites/paper-datasets.js';
import { publishedFor } from './published.js';

const split = publishedFor({ protocol: 'base-to-new', suite: 'paper', shots: 16 })!;

test('over all eleven datasets the stated averages apply, over some of them those computed from the figures', () => {
  expect(split.average('coop', 'H', elevenDatasets)).toBe(71.66);
  expect(split.average('dgprompt', 'H', elevenDatasets)).toBe(79.54);
  expect(split.average('coop', 'base', ['dtd', 'eurosat'])).toBeCloseTo((79.44 + 92.19) / 2);
  const [base, fresh] = [(79.44 + 92.19) / 2, (41.18 + 54.74) / 2];
  expect(split.average('coop', 'H', ['dtd', 'eurosat'])).toBeCloseTo((2 * base * fresh) / (base + fresh));
  expect(split.average('dgprompt', 'H', ['dtd'])).toBeUndefined();
  expect(split.average('coop', 'H', ['dtd', 'mammals'])).toBeUndefined();
});

test('transfer figures have ImageNet as the source, and average over the targets in the table', () => {
  const transfer = publishedFor({ protocol: 'domain-generalization', suite: 'imagenet', shots: 16 })!;
  const all = ['source', 'imagenetv2', 'imagenet-sketch', 'imagenet-adversarial', 'imagenet-rendition', 'average'];
  expect(transfer.figure('maple', 'imagenet', 'source', all)).toBe(70.72);
  expect(transfer.figure('maple', 'imagenet', 'imagenet-adversarial', all)).toBe(50.9);
  expect(transfer.figure('maple', 'imagenet', 'average', all)).toBe(60.27);
  expect(transfer.figure('maple', 'imagenet', 'average', ['source', 'imagenetv2', 'average'])).toBe(64.07);
  expect(transfer.figure('maple', 'dtd', 'imagenetv2', all)).toBeUndefined();
  expect(transfer.figure('promptsrc', 'imagenet', 'source', all)).toBe(71.27);
  expect(transfer.figure('tpt:coop', 'imagenet', 'average', all)).toBe(62.84);
  expect(transfer.figure('tcp', 'imagenet', 'source', all)).toBeUndefined();
});

test('few-shot figures depend on the number of shots', () => {
  const fewShot = publishedFor({ protocol: 'few-shot', suite: 'paper', shots: 1 })!;
  expect(fewShot.figure('promptsrc', 'imagenet', '1 shot', [])).toBe(68.13);
  expect(fewShot.figure('promptsrc', 'imagenet', '16 shots', [])).toBe(73.17);
  expect(fewShot.figure('promptsrc', 'imagenet', '3 shots', [])).toBeUndefined();
  expect(fewShot.average('maple', '16 shots', elevenDatasets)).toBe(81.79);
  expect(fewShot.average('clip-lora', '16 shots', elevenDatasets)).toBe(83);
  expect(fewShot.average('clip-lora', '16 shots', ['dtd'])).toBe(72);
  expect(fewShot.average('gda', '16 shots', elevenDatasets)).toBe(81.7);
  expect(fewShot.average('gda', '16 shots', ['dtd'])).toBeUndefined();
  expect(fewShot.average('plotpp', '16 shots', elevenDatasets)).toBeCloseTo(82.09, 2); // computed from its figures
});

test('other suites and shots have no figures', () => {
  expect(publishedFor({ protocol: 'base-to-new', suite: 'pictograms', shots: 16 })).toBeUndefined();
  expect(publishedFor({ protocol: 'base-to-new', suite: 'paper', shots: 4 })).toBeUndefined();
  expect(publishedFor({ protocol: 'base-to-new', suite: 'dtd', shots: 16 })).toBeDefined();
});
