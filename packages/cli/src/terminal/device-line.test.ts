import { expect, test } from 'vitest';
import { placementText } from './device-line.js';

test('the nodes that a device could not run are counted, and named in order', () => {
  const onCpu = { Sign: 1, OneHot: 2 };
  expect(placementText({ device: 'webgpu', nodes: 412, onCpu })).toBe(
    'webgpu: 3 of 412 nodes run on the CPU: OneHot, Sign',
  );
  expect(placementText({ device: 'cuda', nodes: 9, onCpu: {} })).toBe('cuda: none of 9 nodes run on the CPU');
});

test('nothing is said where nothing ran on the device', () => {
  expect(placementText({ device: 'webgpu', nodes: 0, onCpu: {} })).toBeUndefined();
});
