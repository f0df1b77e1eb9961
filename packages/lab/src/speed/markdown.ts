import { readFileSync } from 'node:fs';
import { machine, versions } from '@dgprompt/bench/records';
import type { Results } from './results.js';
import { ceilingOf, type SpeedTable } from './sheets/cells.js';
import { sheets } from './sheets/index.js';
import { type Target, targets } from './targets.js';

/** The tables as Markdown, with the environment they were measured in. */
export function speedMarkdown(results: Results, settings: string): string {
  const table = ({ title, head, rows }: SpeedTable) => {
    const line = (cells: string[]) => `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    return [
      `## ${title}`,
      '',
      line(head),
      line(head.map((_, i) => (i === 0 ? '---' : '---:'))),
      ...rows.map(line),
    ].join('\n');
  };
  const goal = ({ text, measured, reached }: Target) => `| ${text} | ${measured} | ${reached ? 'yes' : '**no**'} |`;
  const goals = targets(results);
  return [
    '# Speed',
    `${whereText()}\n\nCLIP of the shape of ViT-B/16 with random weights, 50 classes, 224 pixels, float32, unless a table says otherwise; ${settings}. Each measurement in a process of its own, all in one run.`,
    ceilingLine(results),
    ...sheets(results).map(table),
    ...(goals.length > 0
      ? [
          ['## Targets for two cores', '', '| | measured | reached |', '| --- | ---: | --- |', ...goals.map(goal)].join(
            '\n',
          ),
        ]
      : []),
  ].join('\n\n');
}

const ceilingLine = (results: Results): string => {
  const rate = ceilingOf(results);
  return rate === undefined
    ? 'The ceiling could not be measured.'
    : `The ceiling, the highest rate of matrix products on the tower's own shapes: ${(rate / 1e9).toFixed(0)} GFLOP/s.`;
};

/** Processor, its vector units, cores, versions and the date. */
export function whereText(): string {
  const { cpu, cores, memoryGiB, system } = machine();
  const features = cpuFeatures();
  const used = Object.entries(versions()).filter(
    ([name]) => !name.startsWith('@dgprompt/') || name === '@dgprompt/engine',
  );
  return [
    `${cpu}${features.length > 0 ? ` (${features.join(', ')})` : ''}, ${cores} cores, ${memoryGiB} GiB, ${system}`,
    [...used.map(([name, version]) => `${name} ${version}`), new Date().toISOString().slice(0, 10)].join(', '),
  ].join('; ');
}

/** The processor's features for matrix products, if Linux reports them. */
function cpuFeatures(): string[] {
  try {
    const flags = /^(?:flags|Features)\s*:\s*(.*)$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[1]?.split(' ') ?? [];
    const known = ['avx2', 'fma', 'avx512f', 'avx512_vnni', 'avx512_bf16', 'amx_tile', 'asimd', 'sve'];
    return known.filter(feature => flags.includes(feature));
  } catch {
    return [];
  }
}
