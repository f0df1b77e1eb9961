import type { SessionOptions } from '../runtime/onnxruntime.js';
import { makeProfileFolder, profilePrefix, profilesIn, readProfile } from '../runtime/profile-files.js';
import { isKernel, type ProfileEvent } from './profile-events.js';

export interface ProfileOptions {
  /** Folder to which ONNX Runtime writes a file per session, for `chrome://tracing` or Perfetto. */
  folder: string;
  /** Calls to record per session, after one warm-up call; later calls run at full speed. Default 5. */
  calls?: number;
}

/** Total time of one kind of node in the recorded calls. */
export interface KernelTime {
  /** The ONNX operator, such as `FusedMatMul`. */
  kernel: string;
  /** Shapes of its inputs: `4×199×768, 768`. */
  shapes: string;
  /** The execution provider: `CPU`, `WebGpu`, … */
  provider: string;
  nodes: number;
  seconds: number;
}

let current: { folder: string; calls: number; sessions: number } | undefined;

/**
 * Profiles the sessions that compiled functions create from now on; undefined stops profiling.
 *
 * @throws one sentence if the folder already contains profiles
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { compile, useDevice } from '@dgprompt/engine';
 * import { profileSessions, readProfiles } from '@dgprompt/engine/profile';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * profileSessions({ folder, calls: 2 });
 * const product = compile((x: tf.Tensor2D) => tf.matMul(x, x));
 * for (let i = 0; i < 3; i++) (await product(tf.ones([8, 8]))).dispose();
 * profileSessions(undefined);
 * console.log(readProfiles(folder).map(({ shapes, nodes }) => `${shapes}: ${nodes} nodes`)); // [ '8×8, 8×8: 2 nodes' ]
 * ```
 */
export function profileSessions(options: ProfileOptions | undefined): void {
  if (options) makeProfileFolder(options.folder);
  current = options && { folder: options.folder, calls: options.calls ?? 5, sessions: 0 };
}

/** Options for the next session, and how many of its calls to record. */
export function profiled(): { options: SessionOptions; calls: number } {
  if (!current) return { options: {}, calls: 0 };
  const { folder, calls } = current;
  const profileFilePrefix = profilePrefix(folder, ++current.sessions);
  return { options: { enableProfiling: true, profileFilePrefix }, calls: calls + 1 };
}

/**
 * Sums the profiles in a folder over all sessions, without their first calls.
 *
 * @returns kernels by shape, slowest first
 * @throws one sentence naming a file that is not a profile
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { compile, useDevice } from '@dgprompt/engine';
 * import { profileSessions, readProfiles } from '@dgprompt/engine/profile';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const folder = mkdtempSync(join(tmpdir(), 'x-'));
 * profileSessions({ folder, calls: 2 });
 * const product = compile((x: tf.Tensor2D) => tf.matMul(x, x));
 * for (let i = 0; i < 3; i++) (await product(tf.ones([8, 8]))).dispose();
 * profileSessions(undefined);
 * console.log(readProfiles(folder).map(({ shapes, nodes }) => `${shapes}: ${nodes} nodes`)); // [ '8×8, 8×8: 2 nodes' ]
 * ```
 */
export function readProfiles(folder: string): KernelTime[] {
  const times = new Map<string, KernelTime>();
  for (const file of profilesIn(folder))
    for (const event of laterCalls(readProfile(file) as ProfileEvent[])) {
      const { op_name: kernel = '', provider = '', input_type_shape: inputs = [] } = event.args ?? {};
      const shapes = inputs.map(input => Object.values(input)[0]!.join('×') || 'scalar').join(', ');
      const key = `${kernel} ${shapes} ${provider}`;
      const time = times.get(key) ?? {
        kernel,
        shapes,
        provider: provider.replace(/ExecutionProvider$/, ''),
        nodes: 0,
        seconds: 0,
      };
      time.nodes++;
      time.seconds += event.dur / 1e6;
      times.set(key, time);
    }
  return [...times.values()].sort((a, b) => b.seconds - a.seconds);
}

/** The kernels of all calls but the first. */
function laterCalls(events: ProfileEvent[]): ProfileEvent[] {
  const first = events.find(({ name }) => name === 'model_run');
  if (!first) return [];
  const end = first.ts + first.dur;
  return events.filter(event => isKernel(event) && event.ts >= end);
}
