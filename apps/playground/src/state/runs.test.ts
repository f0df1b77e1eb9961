import { beforeEach, expect, it, vi } from 'vitest';
import { endTraining, restoreRuns, runs, trainAll, training } from './runs.js';
import { settings } from './settings.js';

/** A worker that answers calls on demand. */
const calls: { name: string; answer(result: unknown): void; signal?: AbortSignal }[] = [];
vi.mock('./worker.js', async () => {
  const { Stopped } = await import('../worker/client.js');
  const call = (name: string, _: unknown, { signal }: { signal?: AbortSignal } = {}) =>
    new Promise((answer, reject) => {
      calls.push({ name, answer, signal });
      signal?.addEventListener('abort', () => reject(new Stopped('Stopped.')));
    });
  return { worker: () => ({ call }), start: async () => {}, environment: { value: undefined } };
});

const coop = { id: 'coop', title: 'CoOp', summary: '', training: 'epochs', epochs: 1 };
const result = { id: 'coop', title: 'CoOp', epochs: [], seconds: 1, open: true };
const nothing = { finished: [], begun: [] };

/** Answers the oldest pending call, which must have this name. */
async function answer(name: string, value: unknown): Promise<void> {
  await vi.waitFor(() => expect(calls[0]?.name).toBe(name));
  calls.shift()!.answer(value);
}

const states = () => runs.value.map(({ id, state }) => `${id} ${state}`);

beforeEach(async () => {
  await endTraining();
  calls.length = 0;
  runs.value = [];
  settings.value = { ...settings.value, methods: ['coop'] };
});

it('waits for the results of earlier visits before training', async () => {
  const restored = restoreRuns();
  const trained = trainAll();
  expect(training.value).toBeDefined();
  await answer('methods', [coop]);
  await answer('kept', { finished: [result], begun: [] });
  await Promise.all([restored, trained]);
  expect(states()).toEqual(['coop done']);
  expect(calls).toEqual([]); // nothing was trained again
});

it('keeps the running training when results of earlier visits arrive late', async () => {
  const restored = restoreRuns();
  await answer('methods', [coop]);
  const trained = trainAll();
  await answer('kept', nothing);
  await restored;
  await answer('train', result);
  await trained;
  expect(states()).toEqual(['coop done']);
});

it('discards the answer for settings that have changed since', async () => {
  const first = restoreRuns();
  const second = restoreRuns();
  await answer('methods', [coop]);
  await answer('methods', [coop]);
  await vi.waitFor(() => expect(calls).toHaveLength(2));
  const [late, early] = calls.splice(0);
  early!.answer(nothing);
  await second;
  late!.answer({ finished: [result], begun: [] });
  await first;
  expect(states()).toEqual([]);
});

it('has stopped training when it says so', async () => {
  const restored = restoreRuns();
  await answer('methods', [coop]);
  await answer('kept', nothing);
  await restored;
  void trainAll();
  await vi.waitFor(() => expect(calls[0]?.name).toBe('train'));
  await endTraining();
  expect(calls[0]!.signal!.aborted).toBe(true);
  expect(training.value).toBeUndefined();
  expect(states()).toEqual(['coop stopped']);
});
