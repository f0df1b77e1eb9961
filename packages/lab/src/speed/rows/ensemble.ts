import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { featureStore } from '@dgprompt/bench/data';
import { type Clip, loadClip } from '@dgprompt/clip';
import { zeroshot } from '@dgprompt/methods';
import { classTargets } from '@dgprompt/methods/training';
import * as tf from '@tensorflow/tfjs-core';
import { timed } from '../timed.js';

export interface EnsembleTiming {
  prompts: number;
  /** Time for all text features. */
  seconds: number;
  /** Time for the second call, from disk. */
  again: number;
}

/** Text features on ImageNet's scale: generated class names in many templates, and again from disk. */
export async function ensemble(options: {
  model: string;
  classes: number;
  templates: number;
}): Promise<EnsembleTiming> {
  const clip = await loadClip(options.model);
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-ensemble-'));
  const features = { ...featureStore({}), folder };
  const names = madeUpNames(clip, options.classes);
  const method = zeroshot(clip, names, { dataset: 'imagenet', templates: madeUpTemplates(options.templates) });
  try {
    const compute = async () => tf.dispose(Object.values(await classTargets(method, { features })));
    const [seconds, again] = await timed(2, compute);
    return { prompts: options.classes * options.templates, seconds: seconds!, again: again! };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Names of one to seven words of the vocabulary, most of one or two, as in ImageNet. */
function madeUpNames({ tokenizer }: Clip, count: number): string[] {
  const words: string[] = [];
  for (let id = 1000; id < 49_000; id += 7) {
    const word = tokenizer.word?.(id) ?? '';
    if (/^[a-z]{3,}$/.test(word)) words.push(word);
  }
  const length = (i: number) => [1, 1, 2, 2, 2, 3, 1, 4, 2, 3][i % 10]! + (i % 50 === 0 ? 3 : 0);
  return Array.from({ length: count }, (_, i) =>
    Array.from({ length: length(i) }, (_, j) => words[(5 * i + j) % words.length]).join(' '),
  );
}

/** Three to seven words before the name, none or two after it. */
const madeUpTemplates = (count: number): string[] =>
  Array.from({ length: count }, (_, i) => {
    const before = ['a photo of', 'a bad photo of', 'a close-up photo of', 'an origami', 'a low resolution photo of'];
    const [article, behind] = [i % 2 === 0 ? 'a' : 'the', i % 7 === 0 ? ' in game' : ''];
    return `${before[i % before.length]} ${article} {}${behind}.`;
  });
