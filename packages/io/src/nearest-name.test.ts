import { expect, test } from 'vitest';
import { nearestName, unknownName } from './nearest-name.js';

const methods = ['clip', 'coop', 'cocoop', 'maple', 'dgprompt'];

test('finds a name with swapped letters, other case or other dashes', () => {
  expect(nearestName('mapel', methods)).toBe('maple');
  expect(nearestName('cdua', ['cpu', 'webgpu', 'cuda'])).toBe('cuda');
  expect(nearestName('DG-Prompt', methods)).toBe('dgprompt');
});

test('accepts the beginning of a name', () => {
  expect(nearestName('sky', ['mammals', 'sky-and-weather'])).toBe('sky-and-weather');
});

test('prefers a name that contains the input to names that are a letter away', () => {
  expect(nearestName('gpu', ['cpu', 'webgpu', 'cuda'])).toBe('webgpu');
});

test('suggests nothing when nothing is close', () => {
  expect(nearestName('resnet', methods)).toBeUndefined();
  expect(unknownName('method', 'resnet', methods)).toBe(
    'Unknown method "resnet". Known: clip, coop, cocoop, maple, dgprompt.',
  );
});

test('suggests the nearest name in one sentence', () => {
  expect(unknownName('device', 'gpuu', ['cpu', 'cuda'])).toContain('Did you mean "cpu"?');
});
