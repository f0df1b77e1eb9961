import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { isKernel, type ProfileEvent } from './profile-events.js';

export interface ProfileOptions {
  /** Where ONNX Runtime writes a file for each session; `chrome://tracing` and Perfetto open them. */
  folder: string;
  /** Calls of each session that are recorded, after a first one that warms up; later ones run at full speed. Default: 5 */
  calls?: number;
}

/** Time that one kind of node took, in the calls that were recorded. */
export interface KernelTime {
  /** ONNX's name of the operator, such as `FusedMatMul`. */
  kernel: string;
  /** Shapes of its inputs that are no constants: `4×199×768, 768`. */
  shapes: string;
  /** Where it ran: `CPU`, `WebGpu`, … */
  provider: string;
  nodes: number;
  seconds: number;
}

let current: { folder: string; calls: number; sessions: number } | undefined;

/**
 * From now on, sessions that compiled functions make are profiled; with undefined, no longer.
 * @throws a sentence if the folder holds profiles already
 */
export function profileSessions(options: ProfileOptions | undefined): void {
  if (options) {
    mkdirSync(options.folder, { recursive: true });
    if (profilesIn(options.folder).length > 0)
      throw new Error(`${options.folder} holds profiles already; name another folder, or delete them.`);
  }
  current = options && { folder: options.folder, calls: options.calls ?? 5, sessions: 0 };
}

const profilesIn = (folder: string): string[] => readdirSync(folder).filter(name => /^session-\d+.*\.json$/.test(name));

/** What a session that is about to be made is told, and how many of its calls are to be recorded. */
export function profiled(): { options: InferenceSession.SessionOptions; calls: number } {
  if (!current) return { options: {}, calls: 0 };
  const { folder, calls } = current;
  const profileFilePrefix = join(folder, `session-${String(++current.sessions).padStart(3, '0')}`);
  return { options: { enableProfiling: true, profileFilePrefix }, calls: calls + 1 };
}

/**
 * Adds up what a folder of profiles holds, sessions together, first calls left out.
 * @returns kernels by shape, the slowest first
 * @throws naming a file that is no profile
 */
export function readProfiles(folder: string): KernelTime[] {
  const times = new Map<string, KernelTime>();
  for (const file of profilesIn(folder))
    for (const event of laterCalls(eventsOf(join(folder, file)))) {
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

function eventsOf(file: string): ProfileEvent[] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as ProfileEvent[];
  } catch (cause) {
    throw new Error(`${file} is no whole profile; profile again.`, { cause });
  }
}

/** The kernels of all calls but the first. */
function laterCalls(events: ProfileEvent[]): ProfileEvent[] {
  const first = events.find(({ name }) => name === 'model_run');
  if (!first) return [];
  const end = first.ts + first.dur;
  return events.filter(event => isKernel(event) && event.ts >= end);
}
