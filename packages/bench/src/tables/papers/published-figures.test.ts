import { benchmarks } from '@dgprompt/datasets';
import { expect, test } from 'vitest';
import { elevenDatasets, imagenetVariants } from '../../suites/paper-datasets.js';
import { harmonicMean } from '../table.js';
import {
  baseToNewFigures,
  crossDatasetFigures,
  domainGeneralizationFigures,
  fewShotFigures,
} from './published-figures.js';

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Figures are rounded to two digits, so derived values may be off by a little more than half a digit. */
function expectNear(value: number, published: number, what: string, digit = 0.01): void {
  expect(Math.abs(value - published), `${what}: ${value.toFixed(3)} follows, ${published} is published`).toBeLessThan(
    digit * 1.1,
  );
}

/** The last digit of the figures: most papers give two, some one. */
const digitOf = (figures: readonly number[]) =>
  figures.every(figure => `${figure}`.split('.').at(1)?.length !== 2) ? 0.1 : 0.01;

const splits = Object.entries(baseToNewFigures).flatMap(([method, { base, new: fresh, H, average }]) =>
  base && fresh && H ? [{ method, base, fresh, H, average }] : [],
);

test.each(splits)('$method: H of every dataset is the harmonic mean of base and new', ({ base, fresh, H }) => {
  for (const [i, dataset] of elevenDatasets.entries()) expectNear(harmonicMean(base[i]!, fresh[i]!), H[i]!, dataset);
});

test.each(splits)('$method: the averages match the eleven datasets', ({ base, fresh, average }) => {
  expect([base.length, fresh.length]).toEqual([11, 11]);
  expectNear(mean(base), average.base!, 'base');
  expectNear(mean(fresh), average.new!, 'new');
});

test('every overall H is the harmonic mean of the average base and new', () => {
  for (const [method, { average }] of Object.entries(baseToNewFigures))
    if (average.base !== undefined && average.H !== undefined)
      expectNear(harmonicMean(average.base, average.new!), average.H, method);
});

test('averages match those in the papers', () => {
  const stated = (method: string) => Object.values(baseToNewFigures[method]!.average);
  expect(stated('clip')).toEqual([69.34, 74.22, 71.7]);
  expect(stated('coop')).toEqual([82.69, 63.22, 71.66]);
  expect(stated('cocoop')).toEqual([80.47, 71.69, 75.83]);
  expect(stated('kgcoop')).toEqual([80.73, 73.6, 77.0]);
  expect(stated('maple')).toEqual([82.28, 75.14, 78.55]);
  expect(stated('promptsrc')).toEqual([84.26, 76.1, 79.97]);
  expect(stated('mmrl')).toEqual([85.68, 77.16, 81.2]);
  expect(stated('hicropl')).toEqual([85.89, 77.99, 81.75]);
  expect(stated('dept')).toEqual([83.66, 71.82, 77.29]);
  expectNear(baseToNewFigures.dgprompt!.average.H!, 71.7 + 7.84, 'DGPrompt against CLIP');
  expectNear(baseToNewFigures.dgprompt!.average.H!, 78.55 + 0.99, 'DGPrompt against MaPLe');
});

test.each(Object.entries(crossDatasetFigures))('%s: the cross-dataset average matches ten targets', (_, figures) => {
  expect(figures.targets).toHaveLength(10);
  expectNear(mean(figures.targets), figures.average, 'average');
});

test.each(Object.entries(domainGeneralizationFigures))('%s: the average matches four variants', (_, figures) => {
  expect(figures.targets).toHaveLength(4);
  expectNear(mean(figures.targets), figures.average, 'average');
});

test.each(Object.entries(fewShotFigures))('%s: few-shot averages match the eleven datasets', (_, figures) => {
  for (const [shots, values] of Object.entries(figures.tasks)) {
    expect(values).toHaveLength(11);
    const stated = figures.average[shots];
    if (stated !== undefined) expectNear(mean(values), stated, `${shots} shots`, digitOf(values));
  }
});

test('a method’s source accuracy is the same in both transfer tables, which are of one run', () => {
  for (const method of ['coop', 'cocoop', 'maple'])
    expect(crossDatasetFigures[method]!.source).toBe(domainGeneralizationFigures[method]!.source);
});

test('datasets match the benchmarks, in order, and every block names its source', () => {
  expect([...elevenDatasets, ...imagenetVariants]).toEqual(benchmarks.map(({ id }) => id));
  const blocks = [baseToNewFigures, crossDatasetFigures, domainGeneralizationFigures, fewShotFigures];
  for (const { cited, url, read } of blocks.flatMap(block =>
    Object.values<{ cited: string; url: string; read: string }>(block),
  )) {
    expect(cited).toMatch(/20\d\d/);
    expect(url).toMatch(/^https:\/\/(arxiv\.org|doi\.org|openaccess\.thecvf\.com)\//);
    expect(read.length).toBeGreaterThan(10);
  }
});
