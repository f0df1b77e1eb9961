import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { InferenceSession } from 'onnxruntime-node';
import { isKernel, type ProfileEvent } from '../profile/profile-events.js';
import type { Device } from './device.js';

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
  const folder = profileFolder();
  return {
    options: { enableProfiling: true, profileFilePrefix: join(folder, 'run') },
    read(session) {
      session.endProfiling();
      const profile = readFileSync(join(folder, readdirSync(folder)[0]!), 'utf8');
      remove(folder);
      const placement = placementIn(JSON.parse(profile) as ProfileEvent[], device);
      seen.push(placement);
      return placement;
    },
  };
}

/** Folders of profiles that are still to be read; those of graphs whose first run failed go with the process. */
const folders = new Set<string>();

function profileFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-nodes-'));
  if (seen.length === 0 && folders.size === 0) process.once('exit', () => folders.forEach(remove));
  folders.add(folder);
  return folder;
}

function remove(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** The placement that a profile of one run tells. */
export function placementIn(events: readonly Omit<ProfileEvent, 'ts' | 'dur'>[], device: Device): Placement {
  const onCpu: Record<string, number> = {};
  let nodes = 0;
  for (const { args, ...event } of events) {
    const op = args?.op_name;
    if (!isKernel(event) || !op || op.startsWith('Memcpy')) continue;
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

/** `webgpu: 3 of 412 nodes run on the CPU: OneHot, Sign`; undefined if none ran at all. */
export function placementText({ device, nodes, onCpu }: Placement): string | undefined {
  if (nodes === 0) return undefined;
  const count = Object.values(onCpu).reduce((sum, n) => sum + n, 0);
  if (count === 0) return `${device}: none of ${nodes} nodes run on the CPU`;
  return `${device}: ${count} of ${nodes} nodes run on the CPU: ${Object.keys(onCpu).sort().join(', ')}`;
}
