import { isKernel, type ProfileEvent } from '../profile/profile-events.js';
import type { Session, SessionOptions } from '../runtime/onnxruntime.js';
import { temporaryProfile } from '../runtime/profile-files.js';
import type { Device } from './device.js';

/**
 * Where ONNX Runtime runs the nodes of a graph, after its own fusions and without copies between devices.
 */
export interface Placement {
  device: Device;
  nodes: number;
  /** Nodes that run on the CPU because the device has no kernel for them: counts by operator. */
  onCpu: Readonly<Record<string, number>>;
}

/** Watches the first run of a session: only ONNX Runtime's profile records which provider runs a node. */
export interface PlacementWatch {
  options: Pick<SessionOptions, 'enableProfiling' | 'profileFilePrefix'>;
  /** Ends the profile and removes its file. */
  read(session: Session): Placement;
}

/** @returns undefined on the CPU, which runs every node */
export function watchPlacement(device: Device): PlacementWatch | undefined {
  if (device === 'cpu') return undefined;
  const profile = temporaryProfile();
  if (!profile) return undefined;
  return {
    options: { enableProfiling: true, profileFilePrefix: profile.prefix },
    read(session) {
      session.endProfiling();
      const placement = placementIn(profile.take() as ProfileEvent[], device);
      seen.push(placement);
      return placement;
    },
  };
}

/** The placement in a profile of one run. */
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

/**
 * Total placement of all graphs that this process has run on a device so far.
 *
 * @example
 * ```ts
 * import { placementOn } from '@dgprompt/engine/devices';
 *
 * console.log(placementOn('webgpu')); // { device: 'webgpu', nodes: 0, onCpu: {} }
 * ```
 */
export function placementOn(device: Device): Placement {
  const total: Placement & { onCpu: Record<string, number> } = { device, nodes: 0, onCpu: {} };
  for (const { nodes, onCpu } of seen.filter(one => one.device === device)) {
    total.nodes += nodes;
    for (const [op, count] of Object.entries(onCpu)) total.onCpu[op] = (total.onCpu[op] ?? 0) + count;
  }
  return total;
}

/**
 * A placement in one line; undefined if no node ran.
 *
 * @example
 * ```ts
 * import { placementText } from '@dgprompt/engine/devices';
 *
 * const text = placementText({ device: 'webgpu', nodes: 412, onCpu: { OneHot: 2, Sign: 1 } });
 * console.log(text); // webgpu: 3 of 412 nodes run on the CPU: OneHot, Sign
 * ```
 */
export function placementText({ device, nodes, onCpu }: Placement): string | undefined {
  if (nodes === 0) return undefined;
  const count = Object.values(onCpu).reduce((sum, n) => sum + n, 0);
  if (count === 0) return `${device}: none of ${nodes} nodes run on the CPU`;
  return `${device}: ${count} of ${nodes} nodes run on the CPU: ${Object.keys(onCpu).sort().join(', ')}`;
}
