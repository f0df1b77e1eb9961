import type { KernelTime } from '@dgprompt/engine/profile';
import pc from 'picocolors';

/** Most kernels, and shapes of each, to list; the rest is one line. */
const mostKernels = 12;
const mostShapes = 3;
/** Least share of the time for a shape to be listed. */
const leastShare = 0.01;
const barWidth = 24;

/** The time spent in graphs: a bar per kernel, with its slowest shapes below. */
export function profileText(times: readonly KernelTime[]): string {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total === 0) return 'There is no profile because no graph ran; delete the records, or give other --results.';
  const kernels = [...byKernel(times)]
    .map(([name, shapes]) => ({ name, shapes, ...sum(shapes) }))
    .sort((a, b) => b.seconds - a.seconds);
  const line = (name: string, { seconds, nodes }: Sum, isKernel: boolean) => {
    const share = seconds / total;
    const cells = [
      `${(100 * share).toFixed(1)} %`.padStart(7),
      `${(1000 * seconds).toFixed(0)} ms`.padStart(10),
      `${nodes} ×`.padStart(9),
    ];
    const bar = '█'.repeat(Math.round(barWidth * share)).padEnd(barWidth);
    return isKernel
      ? `${pc.cyan(bar)} ${cells.join('')}  ${pc.bold(name)}`
      : pc.dim(`${' '.repeat(barWidth)} ${cells.join('')}    ${name}`);
  };
  const shown = kernels.slice(0, mostKernels);
  const rest = kernels.slice(mostKernels);
  return [
    pc.bold('Time by kernel in the recorded calls, with the shapes of non-constant inputs'),
    ...shown.flatMap(({ name, shapes, ...all }) => [
      line(name, all, true),
      ...shapes
        .slice(0, mostShapes)
        .filter(({ seconds }) => seconds >= leastShare * total)
        .map(shape => line(shape.shapes, shape, false)),
    ]),
    ...(rest.length > 0 ? [line(`${rest.length} others`, sum(rest), true)] : []),
  ].join('\n');
}

function byKernel(times: readonly KernelTime[]): Map<string, KernelTime[]> {
  const groups = new Map<string, KernelTime[]>();
  for (const time of times) {
    const name = time.provider === 'CPU' ? time.kernel : `${time.kernel} on ${time.provider}`;
    groups.set(name, [...(groups.get(name) ?? []), time]);
  }
  return groups;
}

type Sum = { seconds: number; nodes: number };

const sum = (some: readonly Sum[]): Sum => ({
  seconds: some.reduce((total, { seconds }) => total + seconds, 0),
  nodes: some.reduce((total, { nodes }) => total + nodes, 0),
});
