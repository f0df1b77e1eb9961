import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative, resolve, sep } from 'node:path';
import { type Dataset, fewShot, splits } from '@dgprompt/datasets';
import { readSplit, writeSplit } from '@dgprompt/datasets/splits';
import type { Comparison } from '../golden/method-steps.js';
import { exact } from './golden-case.js';

/** Published few-shot sets of a dataset: paths in order, by `shot_K-seed_S`. */
export type RecordedFewShots = Record<string, { train: string[]; val?: string[] }>;

const setName = /^shots?_(\d+)-seed_(\d+)$/;

/** Whether a JSON file's contents are few-shot sets. */
export const isFewShots = (json: unknown): json is RecordedFewShots =>
  typeof json === 'object' &&
  json !== null &&
  Object.keys(json).length > 0 &&
  Object.entries(json).every(
    ([key, value]) => setName.test(key) && Array.isArray((value as { train?: unknown })?.train),
  );

/** Whether a JSON file's contents are a published split. */
export const isSplit = (json: unknown): boolean =>
  splits.every(split => Array.isArray((json as Record<string, unknown> | null)?.[split]));

/** A split must survive reading and writing unchanged. */
export async function splitCase(file: string): Promise<Comparison[]> {
  const root = resolve('/images');
  const dataset = await readSplit(file, root);
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-verify-'));
  try {
    const copy = join(folder, 'split.json');
    await writeSplit(copy, dataset, root);
    const [before, after] = (await Promise.all([file, copy].map(path => readFile(path, 'utf8')))).map(
      text => JSON.parse(text) as Record<string, unknown[]>,
    );
    const count = splits.reduce((sum, split) => sum + before![split]!.length, 0);
    return [
      exact(
        `${count} entries`,
        splits.reduce((sum, split) => sum + differing(after![split]!, before![split]!), 0),
      ),
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Draws every set again, and counts the positions with a different path. */
export async function fewShotCase(sets: RecordedFewShots, split: string): Promise<Comparison[]> {
  const root = resolve('/images');
  const dataset: Dataset = await readSplit(split, root);
  return Object.entries(sets).map(([name, recorded]) => {
    const [, shots, seed] = setName.exec(name)!.map(Number);
    const drawn = fewShot(dataset, shots!, seed!);
    const paths = (part: 'train' | 'val') => drawn[part].map(({ path }) => relative(root, path).split(sep).join('/'));
    const wrong = differing(paths('train'), recorded.train);
    return exact(name, wrong + (recorded.val ? differing(paths('val'), recorded.val) : 0));
  });
}

/** The number of positions in which two lists differ. */
function differing(values: readonly unknown[], expected: readonly unknown[]): number {
  const length = Math.max(values.length, expected.length);
  return Array.from({ length }, (_, i) => JSON.stringify(values[i]) !== JSON.stringify(expected[i])).filter(Boolean)
    .length;
}
