import { beforeEach, expect, it, vi } from 'vitest';
import { chooseClip, takeClip } from './actions.js';
import { clip, data, loadClip } from './load.js';
import { change } from './settings.js';
import { environment } from './worker.js';

/** A worker that answers calls on demand, and stopped ones at once. */
const calls: { name: string; answer(result: unknown): void; onEvent?(event: unknown): void }[] = [];
vi.mock('./worker.js', async () => {
  const { signal } = await import('@preact/signals');
  const { Stopped } = await import('../worker/client.js');
  type Options = { signal?: AbortSignal; onEvent?(event: unknown): void };
  const call = (name: string, _: unknown, { signal, onEvent }: Options = {}) =>
    new Promise((answer, reject) => {
      calls.push({ name, answer, onEvent });
      signal?.addEventListener('abort', () => reject(new Stopped('Stopped.')));
    });
  return { worker: () => ({ call }), start: async () => {}, environment: signal(undefined) };
});

const facts = { id: 'mini-CLIP', parameters: 1, imageSize: 48, notes: [] };
const called = () => vi.waitFor(() => expect(calls.length).toBeGreaterThan(0)).then(() => calls.shift()!);

beforeEach(() => {
  vi.stubGlobal('history', { replaceState() {} });
  vi.stubGlobal('location', { pathname: '/', search: '', hash: '' });
  calls.length = 0;
  clip.value = {};
  change({ clip: 'mini' });
});

it('a CLIP that is still loading when another is chosen is not displayed as that one', async () => {
  void loadClip();
  const { answer, onEvent } = await called();
  await chooseClip('file');
  onEvent!({ phase: 'model.safetensors', done: 1, total: 2 });
  answer(facts);
  await new Promise(resolve => setTimeout(resolve));
  expect(clip.value).toEqual({});
});

it('a CLIP stays displayed as loading when the one that it replaces has stopped', async () => {
  const first = loadClip();
  await called();
  const second = loadClip();
  await first;
  expect(clip.value).toEqual({ busy: true });
  (await called()).answer(facts);
  await second;
  expect(clip.value).toEqual({ value: facts });
});

it('what a crashed worker had loaded is loaded again', async () => {
  environment.value = {} as never;
  clip.value = { value: facts as never };
  data.value = { value: {} as never };
  environment.value = undefined;
  expect([clip.value, data.value]).toEqual([{}, {}]);
  void takeClip();
  await vi.waitFor(() => expect(calls.map(({ name }) => name).sort()).toEqual(['clip', 'data']));
});
