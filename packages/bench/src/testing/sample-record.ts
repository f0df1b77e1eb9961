import type { RunConfig } from '../records/config.js';
import type { RunRecord, TestResult } from '../records/record.js';

/** A record with the given accuracies, for tests: on base and new classes, or by test name. */
export function sampleRecord(
  config: Partial<RunConfig>,
  base: number | Record<string, number | null>,
  fresh: number | null = null,
): RunRecord {
  const top1s = typeof base === 'number' ? { base, new: fresh } : base;
  const result = (top1: number | null): TestResult | null =>
    top1 === null ? null : { top1, correct: 0, total: 0, perClass: {} };
  return {
    format: 3,
    config: {
      protocol: 'base-to-new',
      suite: 'pictograms',
      task: 'weather',
      data: 'data',
      method: 'clip',
      options: {},
      recipe: {},
      shots: 16,
      seed: 1,
      model: 'model',
      device: 'cpu',
      backend: 'onnxruntime',
      threads: 0,
      pillow: 13,
      ...config,
    },
    tests: Object.fromEntries(Object.entries(top1s).map(([name, top1]) => [name, result(top1)])),
    epochs: [],
    timings: { train: 0, total: 0 },
    notes: [],
    versions: {},
    machine: { system: '', cpu: '', cores: 1, memoryGiB: 1 },
    finishedAt: '2025-01-01T00:00:00.000Z',
  };
}
