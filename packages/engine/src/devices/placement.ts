import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import type { Device } from '../device.js';

/** Where ONNX Runtime runs the nodes of a graph, after its own fusions; nodes that only copy between devices are not counted. */
export interface Placement {
  device: Device;
  nodes: number;
  /** Those that the device has no kernel for and that run on the CPU: how many, by operator. */
  onCpu: Readonly<Record<string, number>>;
}

/** Looks at the first run of a session: ONNX Runtime tells in a profile alone which provider runs a node. */
export interface PlacementWatch {
  options: Pick<InferenceSession.SessionOptions, 'enableProfiling' | 'profileFilePrefix'>;
  /** Ends the profile and takes its file away. */
  read(session: InferenceSession): Placement;
}

/** @returns undefined on the CPU, where there is nothing to fall back from */
export function watchPlacement(device: Device): PlacementWatch | undefined {
  if (device === 'cpu') return undefined;
  const name = `graph-${watched++}_`;
  return {
    options: { enableProfiling: true, profileFilePrefix: join(profileFolder(), name) },
    read(session) {
      session.endProfiling();
      const file = join(profileFolder(), readdirSync(profileFolder()).find(file => file.startsWith(name))!);
      const placement = placementIn(JSON.parse(readFileSync(file, 'utf8')) as ProfileEvent[], device);
      rmSync(file);
      seen.push(placement);
      return placement;
    },
  };
}

let watched = 0;
let folder: string | undefined;

/** A folder of this process: profiles of graphs whose first run failed go with it. */
function profileFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'dgprompt-nodes-'));
    process.once('exit', () => rmSync(made, { recursive: true, force: true }));
    folder = made;
  }
  return folder;
}

/** What is read of an event of ONNX Runtime's profile. */
export interface ProfileEvent {
  cat: string;
  name: string;
  args?: { op_name?: string; provider?: string };
}

/** The placement that a profile of one run tells. */
export function placementIn(events: readonly ProfileEvent[], device: Device): Placement {
  const onCpu: Record<string, number> = {};
  let nodes = 0;
  for (const { cat, name, args } of events) {
    const op = args?.op_name;
    if (cat !== 'Node' || !op || !name.endsWith('_kernel_time') || op.startsWith('Memcpy')) continue;
    nodes++;
    if (args.provider === 'CPUExecutionProvider') onCpu[op] = (onCpu[op] ?? 0) + 1;
  }
  return { device, nodes, onCpu };
}

const seen: Placement[] = [];

/** Where the nodes of all graphs ran that this process has run on a device so far. */
export function placementOn(device: Device): Placement {
  const total: Placement & { onCpu: Record<string, number> } = { device, nodes: 0, onCpu: {} };
  for (const { nodes, onCpu } of seen.filter(one => one.device === device)) {
    total.nodes += nodes;
    for (const [op, count] of Object.entries(onCpu)) total.onCpu[op] = (total.onCpu[op] ?? 0) + count;
  }
  return total;
}
