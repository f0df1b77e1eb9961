import { signal } from '@preact/signals';
import { Stopped } from '../worker/client.js';
import type { Answer } from '../worker/protocol.js';
import { trainSettings } from './load.js';
import { finished } from './runs.js';
import { sentenceOf } from './sentence.js';
import { worker } from './worker.js';

/** The picture to try, with the methods' answers. */
export interface Try {
  image?: Blob;
  name?: string;
  /** The true class, if known. */
  truth?: string;
  answers: Answer[];
  busy?: boolean;
  error?: string;
}

export const current = signal<Try>({ answers: [] });
/** Class names that the user typed. */
export const moreClasses = signal<string[]>([]);

let count = 0;

/** Classifies a picture with zero-shot CLIP and every finished method. */
export async function tryImage(image: Blob, name: string, truth?: string): Promise<void> {
  current.value = { image, name, truth, answers: [], busy: true };
  await again();
}

/** Classifies the same picture again after new methods or new classes. */
export async function again(): Promise<void> {
  const { image } = current.value;
  if (!image) return;
  const number = ++count;
  current.value = { ...current.value, busy: true, error: undefined };
  const trained = finished.value.map(({ id }) => id).filter(id => id !== 'clip');
  try {
    const answers = await worker().call('classify', {
      image,
      more: moreClasses.value,
      methods: ['clip', ...trained],
      settings: trainSettings(),
    });
    if (number === count) current.value = { ...current.value, answers, busy: false };
  } catch (error) {
    if (number !== count) return;
    const said = error instanceof Stopped ? undefined : sentenceOf(error);
    current.value = { ...current.value, answers: [], busy: false, error: said };
  }
}

export async function addClass(name: string): Promise<void> {
  const clean = name.trim();
  if (clean === '' || moreClasses.value.includes(clean)) return;
  moreClasses.value = [...moreClasses.value, clean];
  await again();
}

export async function removeClass(name: string): Promise<void> {
  moreClasses.value = moreClasses.value.filter(one => one !== name);
  await again();
}
