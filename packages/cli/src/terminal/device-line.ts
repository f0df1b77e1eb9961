import type { Device } from '@dgprompt/engine';
import type { Command } from 'commander';

/** Says on stderr, after a command on another device than the CPU, how many nodes of all its graphs did not run there. */
export async function sayWhereNodesRan(command: Command): Promise<void> {
  const { device = 'cpu' } = command.opts<{ device?: Device }>();
  if (device === 'cpu') return;
  const { placementOn, placementText } = await import('@dgprompt/engine/devices');
  const text = placementText(placementOn(device));
  if (text !== undefined) process.stderr.write(`${text}\n`);
}
