import { effect } from '@preact/signals';
import { language, t } from '../strings/index.js';
import type { Device } from '../worker/protocol.js';
import { data, loadClip, loadData, ready, stopClip } from './load.js';
import { say, sayWhy } from './notices.js';
import { restoreOwn } from './own-images.js';
import { endTraining, restoreRuns, runs } from './runs.js';
import { change, own, type Settings, settings } from './settings.js';
import { again, current, tryImage } from './tries.js';
import { environment, restart, start, worker } from './worker.js';

/** Runs once the page has loaded: starts the worker, loads what the settings ask for, and displays a first answer. */
export async function begin(): Promise<void> {
  effect(() => {
    document.documentElement.lang = language.value;
    document.title = t().page.title;
  });
  document.addEventListener('visibilitychange', () => {
    if (document.hidden && runs.value.some(({ state }) => state === 'running')) say('info', t().problems.hidden);
  });
  if (!(await hasSimd())) return say('error', t().machine.noSimd);
  if (settings.value.data === own) await restoreOwn();
  await load();
}

async function load(): Promise<void> {
  try {
    await start();
  } catch (error) {
    sayWhy(error);
    return;
  }
  if (settings.value.device === 'webgpu' && environment.value?.device === 'wasm') say('warning', t().problems.noWebgpu);
  await Promise.all([loadClip(), loadData()]);
  await refresh();
}

/** After a change of pictures, CLIP or training settings: updates the methods and their results. */
export async function refresh(): Promise<void> {
  runs.value = [];
  if (!ready.value) return;
  try {
    await restoreRuns();
    if (current.value.image) await again();
    else await trySample();
  } catch (error) {
    sayWhy(error);
  }
}

export async function chooseData(name: string): Promise<void> {
  await endTraining();
  change({ data: name });
  if (name === own) {
    await restoreOwn();
    change({ split: 'all' });
  } else change({ split: 'base-to-new' });
  current.value = { answers: [] };
  await loadData();
  await refresh();
}

export async function takeOwn(): Promise<void> {
  await endTraining();
  current.value = { answers: [] };
  await loadData();
  await refresh();
}

export async function chooseClip(name: string): Promise<void> {
  await endTraining();
  change({ clip: name });
  stopClip();
  runs.value = [];
  if (name === 'mini') await takeClip();
}

export async function takeClip(): Promise<void> {
  await endTraining();
  const isData = data.value.value !== undefined || data.value.busy; // not after a crash of the worker
  await Promise.all([loadClip(), isData ? undefined : loadData()]);
  await refresh();
}

/** Changes shots, epochs, seed or classes. */
export async function changeTraining(part: Partial<Settings>): Promise<void> {
  change(part);
  await refresh();
}

export async function chooseDevice(device: Device): Promise<void> {
  await endTraining();
  change({ device });
  restart();
  await load();
}

let sample = 0;

/** Tries a test picture, a different one each time. */
export async function trySample(): Promise<void> {
  if (!data.value.value) return;
  const { classNames: classes, counts } = data.value.value;
  const number = sample++;
  const step = classes.length % 7 === 0 ? 1 : 7; // reaches every class
  const label = (step * number + 11) % classes.length;
  const which = Math.floor(number / classes.length) % Math.max(1, counts.test[label]!);
  const picture = (await worker().call('samples', { label, count: which + 1 })).at(-1);
  if (picture) await tryImage(picture.blob, picture.path, classes[label]);
}

/** A module with one SIMD instruction. */
const simdModule = [
  0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0, 253, 15, 253, 98, 11,
];

const hasSimd = async (): Promise<boolean> =>
  typeof WebAssembly === 'object' && WebAssembly.validate(new Uint8Array(simdModule));
