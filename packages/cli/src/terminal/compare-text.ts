import type { Comparison, Difference } from '@dgprompt/bench/compare';
import { signed } from '@dgprompt/bench/tables';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import { plain, rules } from './table-text.js';

/** A comparison for a terminal: a line a column, and below it what it says. */
export function comparisonText(comparison: Comparison): string {
  const { title, a, b, differences, otherData } = comparison;
  const text = new CliTable({
    head: ['', a, b, 'difference', '95 % interval', 'pairs', 'better', 'level', 'worse'].map(name => pc.dim(name)),
    style: plain,
    colAligns: ['left', ...Array.from({ length: 8 }, () => 'right' as const)],
    chars: rules,
  });
  const rows = Object.entries(differences).map(([column, one]) => [
    ...[column, one.a.toFixed(1), one.b.toFixed(1), signed(one.mean), interval(one)],
    ...[one.pairs, one.wins, one.ties, one.losses].map(String),
  ]);
  const [first, ...others] = rows;
  text.push((first ?? []).map((cell, i) => [cell, ...others.map(row => row[i]!)].join('\n')));
  const notes = [
    ...('H' in differences ? ['H is the mean over the runs here; in tables, that of the average base and new.'] : []),
    ...(otherData > 0 ? [`Left out, as the data are not the same: ${count(otherData, 'pair')}.`] : []),
  ];
  const heading = `${pc.bold(title)} ${pc.dim('(accuracy in %)')}`;
  return [heading, text.toString(), ...notes.map(line => pc.dim(line)), readComparison(comparison)].join('\n');
}

/** What the main column says, in a sentence or two. */
export function readComparison({ a, b, main, differences, tasks, seeds }: Comparison): string {
  const [column, one] = main in differences ? [main, differences[main]!] : Object.entries(differences)[0]!;
  const points = Math.abs(one.mean).toFixed(1);
  const is =
    Number(points) === 0 ? `is level with ${a}` : `is ${points} points ${one.mean > 0 ? 'above' : 'below'} ${a}`;
  const where = `on ${count(tasks.length, 'task')} with ${count(seeds.length, 'seed')}`;
  const pairs = `better in ${one.wins} of ${count(one.pairs, 'pair')}, level in ${one.ties}, worse in ${one.losses}`;
  return `${b} ${is} in ${column === 'average' ? 'the average over the targets' : column}, ${where}: ${pairs}. ${surety(one)}`;
}

/** With fewer, percentiles of a bootstrap lie too close together (Hesterberg, The American Statistician 69, 2015). */
const fewPairs = 8;

function surety(one: Difference): string {
  if (one.ties === one.pairs) return 'The runs are equal to a tenth of a point.';
  if (one.low === undefined || one.high === undefined) return 'One pair says nothing about chance.';
  const isOpen = one.low <= 0 && one.high >= 0;
  const doubt = isOpen ? ': with zero in it, these runs do not tell the two apart.' : '.';
  const caution = one.pairs < fewPairs ? ' Of so few pairs it comes out too narrow.' : '';
  return `The 95 % interval is ${interval(one)}${doubt}${caution}`;
}

const interval = ({ low, high }: Difference): string =>
  low === undefined || high === undefined ? '–' : `${signed(low)} to ${signed(high)}`;

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
