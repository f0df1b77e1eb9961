import { computed, signal } from '@preact/signals';
import { t } from '../strings/index.js';
import { Stopped } from '../worker/client.js';
import type { EpochFacts, MethodResult, TrainEvent } from '../worker/protocol.js';
import { loadMethods, methods, trainSettings } from './load.js';
import { say } from './notices.js';
import { keepOwn } from './own-images.js';
import { sentenceOf } from './sentence.js';
import { own, settings } from './settings.js';
import { worker } from './worker.js';

export type RunState = 'waiting' | 'running' | 'done' | 'stopped' | 'failed';

/** One method's training. */
export interface Run {
  id: string;
  title: string;
  state: RunState;
  epochs: EpochFacts[];
  /** The current phase. */
  phase?: TrainEvent['phase'];
  done: number;
  total: number;
  error?: string;
  result?: MethodResult;
}

export const runs = signal<Run[]>([]);
export const training = signal<AbortController | undefined>(undefined);
/** Start of training, and its methods. */
let began = 0;
let asked: string[] = [];

/** Seconds since training began. */
export const elapsed = (): number => (performance.now() - began) / 1000;

export const finished = computed(() => runs.value.filter(({ result }) => result !== undefined));

let trained: Promise<void> = Promise.resolve();
let restored: Promise<void> = Promise.resolve();
let restores = 0;

/** Trains the chosen methods, one after the other; finished ones are kept. */
export function trainAll(): Promise<void> {
  const controller = new AbortController();
  training.value = controller;
  trained = trainChosen(controller.signal).finally(() => {
    training.value = undefined;
  });
  return trained;
}

async function trainChosen(signal: AbortSignal): Promise<void> {
  await restored.catch(() => {}); // reported by the caller of `restoreRuns`
  if (settings.value.data === own && !(await keepOwn())) say('warning', t().problems.noRoomForPictures);
  const chosen = methods.value.filter(({ id, refusal }) => settings.value.methods.includes(id) && !refusal);
  runs.value = chosen.map(({ id, title }) => {
    const known = runs.value.find(run => run.id === id);
    return known?.state === 'done'
      ? known
      : { id, title, state: 'waiting', epochs: known?.epochs ?? [], done: 0, total: 0 };
  });
  began = performance.now();
  asked = runs.value.filter(({ state }) => state !== 'done').map(({ id }) => id);
  let spoken = false;
  for (const { id, state } of runs.value) {
    if (signal.aborted) break;
    if (state === 'done') continue;
    await trainOne(id, signal, kept => {
      if (kept || spoken) return;
      spoken = true;
      say('warning', t().problems.noRoomForCheckpoint);
    });
  }
  runs.value = runs.value.map(run => (run.state === 'waiting' ? { ...run, state: 'stopped' } : run));
}

export const stop = (): void => training.value?.abort();

/** Stops training before a change to something that it needs; finished parts are kept. */
export async function endTraining(): Promise<void> {
  stop();
  await trained;
}

async function trainOne(id: string, signal: AbortSignal, onKept: (kept: boolean) => void): Promise<void> {
  const update = (part: Partial<Run>) => {
    runs.value = runs.value.map(run => (run.id === id ? { ...run, ...part } : run));
  };
  const epochs: EpochFacts[] = [];
  const onEvent = (event: TrainEvent) => {
    if (event.phase === 'epoch') {
      epochs.push(event.epoch);
      onKept(event.kept);
      update({ epochs: [...epochs] });
    } else if (event.phase === 'resumed') {
      epochs.push(...event.epochs);
      update({ epochs: [...epochs] });
    } else update({ phase: event.phase, done: event.done, total: event.total });
  };
  update({ state: 'running', phase: undefined, error: undefined });
  try {
    const result = await worker().call('train', { method: id, settings: trainSettings() }, { signal, onEvent });
    update({ state: 'done', result, epochs: result.epochs });
  } catch (error) {
    if (error instanceof Stopped) update({ state: 'stopped' });
    else update({ state: 'failed', error: sentenceOf(error) });
  }
}

/** Loads the available methods, and results of earlier visits with the current settings. */
export function restoreRuns(): Promise<void> {
  restored = restore(++restores);
  return restored;
}

async function restore(number: number): Promise<void> {
  await loadMethods();
  const { finished: done, begun: partly } = await worker().call('kept', trainSettings());
  if (number !== restores) return; // the settings have changed since
  const title = (id: string) => methods.value.find(method => method.id === id)?.title ?? id;
  runs.value = [
    ...done.map(
      (result): Run => ({
        id: result.id,
        title: result.title,
        state: 'done',
        epochs: result.epochs,
        done: 1,
        total: 1,
        result,
      }),
    ),
    ...partly.map(({ id, epochs }): Run => ({ id, title: title(id), state: 'stopped', epochs, done: 0, total: 0 })),
  ].sort((a, b) => order(a.id) - order(b.id));
}

const order = (id: string) => methods.value.findIndex(method => method.id === id);

/** Deletes a method's result, so that it can be trained again. */
export async function forget(id: string): Promise<void> {
  await worker().call('forget', { method: id, settings: trainSettings() });
  runs.value = runs.value.filter(run => run.id !== id);
}

/** Finished share of this training, 0 to 1; every method has the same weight. */
export const share = computed(() => {
  const all = runs.value.filter(({ id }) => asked.includes(id));
  if (all.length === 0) return 0;
  const of = ({ state, phase, done, total, epochs }: Run) => {
    if (state === 'done' || state === 'failed') return 1;
    if (state !== 'running') return 0;
    if (phase === 'test') return 0.9 + (0.1 * done) / Math.max(1, total);
    if (phase === 'steps') return (0.9 * done) / Math.max(1, total);
    return epochs.length > 0 ? (0.9 * epochs.length) / epochs[0]!.epochs : 0;
  };
  return all.reduce((sum, run) => sum + of(run), 0) / all.length;
});
