import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '@dgprompt/bench';

/** A record with the folder that it lies in. */
export type StoredRun = RunRecord & { folder: string };

/** What a run answered for each test image, by test. */
export type Predictions = Record<string, TestPredictions>;

export interface TestPredictions {
  images: string[];
  labels: number[];
  predicted: number[];
  classNames: string[];
}

/** What a run's folder tells of single images; undefined if there is nothing, or nothing readable. */
export async function readPredictions({ folder }: StoredRun): Promise<Predictions | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, 'predictions.json'), 'utf8'));
    const tests = Object.values(value as object);
    return tests.every(isTest) ? (value as Predictions) : undefined;
  } catch {
    return undefined; // its absence is told where the examples would be
  }
}

function isTest(value: unknown): value is TestPredictions {
  const { images, labels, predicted, classNames } = (value ?? {}) as Partial<TestPredictions>;
  return [images, labels, predicted, classNames].every(Array.isArray) && images!.length === predicted!.length;
}
