import type { KernelTime } from '@dgprompt/engine/profile';
import pc from 'picocolors';

/** Kernels, and shapes of each, that are shown; the rest is one line. */
const mostKernels = 12;
const mostShapes = 3;
/** Least share of all time that a shape is shown for. */
const leastShare = 0.01;
const barWidth = 24;

/** Where the time of graphs went: a bar a kernel, and below it the shapes that took most. */
export function profileText(times: readonly KernelTime[]): string {
  const total = times.reduce((sum, { seconds }) => sum + seconds, 0);
  if (total === 0) return 'No graph was run, so there is no profile; delete the records, or name other --results.';
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
    pc.bold('Where the time went: kernels of the recorded calls, and their inputs that are no constants'),
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
