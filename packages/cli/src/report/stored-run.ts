import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunRecord } from '@dgprompt/bench';

/** A record with its folder. */
export type StoredRun = RunRecord & { folder: string };

/** A run's predictions for each test image, by test. */
export type Predictions = Record<string, TestPredictions>;

export interface TestPredictions {
  images: string[];
  labels: number[];
  predicted: number[];
  classNames: string[];
}

/** The predictions in a run's folder; undefined if there are none, or if they cannot be read. */
export async function readPredictions({ folder }: StoredRun): Promise<Predictions | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(join(folder, 'predictions.json'), 'utf8'));
    const tests = Object.values(value as object);
    return tests.every(isTest) ? (value as Predictions) : undefined;
  } catch {
    return undefined; // the section of examples says so
  }
}

function isTest(value: unknown): value is TestPredictions {
  const { images, labels, predicted, classNames } = (value ?? {}) as Partial<TestPredictions>;
  return [images, labels, predicted, classNames].every(Array.isArray) && images!.length === predicted!.length;
}
