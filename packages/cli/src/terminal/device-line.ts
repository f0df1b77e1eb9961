import type { Device, Placement } from '@dgprompt/engine';
import type { Command } from 'commander';

/** `webgpu: 3 of 412 nodes run on the CPU: OneHot, Sign`; undefined if none ran at all. */
export function placementText({ device, nodes, onCpu }: Placement): string | undefined {
  if (nodes === 0) return undefined;
  const count = Object.values(onCpu).reduce((sum, n) => sum + n, 0);
  if (count === 0) return `${device}: none of ${nodes} nodes run on the CPU`;
  return `${device}: ${count} of ${nodes} nodes run on the CPU: ${Object.keys(onCpu).sort().join(', ')}`;
}

/** Says on stderr, after a command on another device than the CPU, how many nodes of all its graphs did not run there. */
export async function sayWhereNodesRan(command: Command): Promise<void> {
  const { device = 'cpu' } = command.opts<{ device?: Device }>();
  if (device === 'cpu') return;
  const { placementOn } = await import('@dgprompt/engine');
  const text = placementText(placementOn(device));
  if (text !== undefined) process.stderr.write(`${text}\n`);
}
