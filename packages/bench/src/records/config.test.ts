import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { canonicalJson, configHash, runName } from './config.js';

const { config } = sampleRecord(
  { task: 'Sky & weather', method: 'coop:csc', options: { tokens: 4, init: 'a photo' } },
  0,
  0,
);

test('the name of a record is readable and safe on every file system', () => {
  expect(runName(config)).toMatch(/^base-to-new_pictograms_sky-weather_coop-csc_16-shots_seed-1_[0-9a-f]{12}$/);
});

test('the hash does not depend on the order of keys', () => {
  const reversed = Object.fromEntries(Object.entries(config).reverse()) as typeof config;
  expect(configHash({ ...reversed, options: { init: 'a photo', tokens: 4 } })).toBe(configHash(config));
});

test.each([
  ['threads', { threads: 2 }],
  ['the precision', { precision: 'fp16' as const }],
  ['the views', { views: 5 as const }],
  ['an option', { options: { tokens: 5, init: 'a photo' } }],
  ['the recipe', { recipe: { epochs: 1 } }],
  ['the data', { data: 'other' }],
  ['the model', { model: 'other' }],
])('another value of %s is another run', (_, change) => {
  expect(runName({ ...config, ...change })).not.toBe(runName(config));
});

test('a single view is not in the config and leaves the hash unchanged', () => {
  expect(configHash({ ...config, views: undefined })).toBe(configHash(config));
});

test('canonical JSON is JSON', () => {
  const value = { b: [1, { d: null, c: 'x"y' }], a: true };
  expect(canonicalJson(value)).toBe('{"a":true,"b":[1,{"c":"x\\"y","d":null}]}');
  expect(canonicalJson({ a: undefined } as never)).toBe('{}');
});
