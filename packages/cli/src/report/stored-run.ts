import { join } from 'node:path';
import type { RunRecord } from '@dgprompt/bench';
import { mismatch, named, runFiles } from '@dgprompt/bench/records';
import { parseJson, readPlainFile, sha256Hex } from '@dgprompt/io';
import { z } from 'zod';

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

/**
 * The predictions in a run's folder; a sentence if there are none, if they are not those that the record was written
 * with, or if their format is invalid.
 */
export async function readPredictions({ folder, predictions }: StoredRun): Promise<Predictions | string> {
  const path = join(folder, runFiles.predictions);
  try {
    const bytes = await readPlainFile(path);
    if (predictions !== undefined && sha256Hex(bytes) !== predictions)
      return `${path} was changed after its run, so there are no examples.`;
    const value = parseJson(new TextDecoder().decode(bytes));
    const wrong = mismatch(predictionsSchema, value);
    return wrong === undefined ? (value as Predictions) : `${path} holds no predictions (${wrong}).`;
  } catch {
    return 'This run has no predictions of single images that can be read, so there are no examples.';
  }
}

const index = z.int().min(0);
const predictionsSchema = named(
  z
    .looseObject({
      images: z.array(z.string()),
      labels: z.array(index),
      predicted: z.array(index),
      classNames: z.array(z.string()),
    })
    .refine(
      ({ images, labels, predicted }) => labels.length === images.length && predicted.length === images.length,
      'its lists have different lengths',
    )
    .refine(
      ({ labels, predicted, classNames }) => [...labels, ...predicted].every(label => label < classNames.length),
      'it has a label without a class',
    ),
);
