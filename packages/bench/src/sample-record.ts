import type { RunRecord } from './record.js';
import type { RunConfig } from './run-config.js';

/** A record with the given accuracies, for tests. */
export function sampleRecord(config: Partial<RunConfig>, base: number, fresh: number): RunRecord {
  const accuracy = (top1: number) => ({ top1, correct: 0, total: 0, perClass: {} });
  return {
    format: 1,
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
      ...config,
    },
    result: { base: accuracy(base), new: accuracy(fresh), harmonicMean: 0 },
    epochs: [],
    timings: { train: 0, testBase: 0, testNew: 0, total: 0 },
    notes: [],
    versions: {},
    machine: { system: '', cpu: '', cores: 1, memoryGiB: 1 },
    finishedAt: '2025-01-01T00:00:00.000Z',
  };
}
