import { computed, effect, signal } from '@preact/signals';
import { t } from '../strings/index.js';
import { Stopped } from '../worker/client.js';
import type { ClipChoice, ClipFacts, DataChoice, DataFacts, MethodFacts, Progress } from '../worker/protocol.js';
import { ownClasses } from './own-images.js';
import { sentenceOf } from './sentence.js';
import { own, settings } from './settings.js';
import { environment, start, worker } from './worker.js';

/** Something being loaded: its value, its progress, or its error. */
export interface Loaded<T> {
  value?: T;
  progress?: Progress;
  busy?: boolean;
  error?: string;
}

export const clip = signal<Loaded<ClipFacts>>({});
export const data = signal<Loaded<DataFacts>>({});
export const methods = signal<MethodFacts[]>([]);

/** The user's CLIP file, which a permalink cannot contain. */
export const clipFiles = signal<Extract<ClipChoice, { kind: 'file' }> | undefined>(undefined);

/** Why the user's own pictures cannot be used in their present state. */
export const ownProblem = computed((): string | undefined => {
  const classes = ownClasses.value;
  const names = classes.map(({ name }) => name.trim().toLowerCase());
  const twice = classes.find(({ name }, i) => names.indexOf(name.trim().toLowerCase()) !== i);
  const small = classes.find(({ files }) => files.length < 2);
  if (classes.length < 2) return t().data.needTwoClasses;
  if (names.includes('')) return t().data.emptyName;
  if (twice) return t().data.sameName(twice.name);
  return small && t().data.needTwoPictures(small.name);
});

export const ready = computed(() => clip.value.value !== undefined && data.value.value !== undefined);

// What a worker had loaded is gone with it.
effect(() => {
  if (environment.value !== undefined) return;
  clip.value = {};
  data.value = {};
});

let clipLoading: AbortController | undefined;
let dataLoading: AbortController | undefined;

export async function loadClip(): Promise<void> {
  clipLoading?.abort();
  clipLoading = new AbortController();
  const { signal } = clipLoading;
  const choice = chosenClip();
  if (!choice) {
    clip.value = { error: t().clip.chooseFile };
    return;
  }
  clip.value = { busy: true };
  await into(clip, signal, async () => {
    await start();
    const onEvent = (progress: Progress) => {
      if (!signal.aborted) clip.value = { busy: true, progress };
    };
    return worker().call('clip', choice, { signal, onEvent });
  });
}

export function stopClip(): void {
  clipLoading?.abort();
  clip.value = {};
}

function chosenClip(): ClipChoice | undefined {
  const id = settings.value.clip;
  if (id === 'mini') return { kind: 'mini' };
  return id === 'file' ? clipFiles.value : { kind: 'hub', id };
}

export async function loadData(): Promise<void> {
  dataLoading?.abort();
  dataLoading = new AbortController();
  const { signal } = dataLoading;
  const isOwn = settings.value.data === own;
  if (isOwn && ownProblem.value) {
    data.value = {};
    return;
  }
  data.value = { busy: true };
  const classes = ownClasses.value.map(({ name, files }) => ({ name: name.trim(), files }));
  await into(data, signal, async () => {
    await start();
    const choice: DataChoice = isOwn ? { kind: 'own', classes } : { kind: 'task', task: settings.value.data };
    return worker().call('data', { choice }, { signal });
  });
}

async function into<T>(target: { value: Loaded<T> }, signal: AbortSignal, load: () => Promise<T>): Promise<void> {
  try {
    const value = await load();
    if (!signal.aborted) target.value = { value };
  } catch (error) {
    if (!signal.aborted && !(error instanceof Stopped)) target.value = { error: sentenceOf(error) };
  }
}

/** Loads the methods that are available for these pictures and this CLIP. */
export async function loadMethods(): Promise<void> {
  methods.value = await worker().call('methods', trainSettings());
}

export function trainSettings() {
  const { shots, epochs, seed, split } = settings.value;
  return { shots, epochs, seed, split };
}
