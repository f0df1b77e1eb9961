import type { Device } from '@dgprompt/engine';

/** After a command on a device other than the CPU, prints to stderr how many graph nodes did not run there. */
export async function sayWhereNodesRan({ device = 'cpu' }: { device?: Device }): Promise<void> {
  if (device === 'cpu') return;
  const { placementOn, placementText } = await import('@dgprompt/engine/devices');
  const text = placementText(placementOn(device));
  if (text !== undefined) process.stderr.write(`${text}\n`);
}
