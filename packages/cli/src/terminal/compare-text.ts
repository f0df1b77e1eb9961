import {
  type Comparison,
  type ComparisonList,
  type Difference,
  differencesSheet,
  fewPairs,
} from '@dgprompt/bench/compare';
import { madeBy } from '@dgprompt/bench/records';
import { intervalText, markdownTable, signed } from '@dgprompt/bench/tables';
import { markdownText, printable } from '@dgprompt/io';
import pc from 'picocolors';
import { textTable } from './table.js';
import { sheetText } from './table-text.js';

/** A comparison for a terminal: one line per column, with its reading below. */
export function comparisonText(comparison: Comparison): string {
  const { title, a, b, differences, otherData } = comparison;
  const rows = Object.entries(differences).map(([column, one]) => [
    ...[printable(column), one.a.toFixed(1), one.b.toFixed(1), signed(one.mean), interval(one)],
    ...[one.pairs, one.wins, one.ties, one.losses].map(String),
  ]);
  const [nameA, nameB] = [printable(a), printable(b)];
  const head = ['', nameA, nameB, 'difference', '95 % interval', 'pairs', 'better', 'level', 'worse'];
  const notes = [
    ...('H' in differences
      ? ['H is the mean over these runs; in tables, it is that of the average base and new.']
      : []),
    ...(otherData > 0 ? [`Left out because the data differ: ${count(otherData, 'pair')}.`] : []),
    ...unlikeNotes(comparison),
  ];
  return [
    `${pc.bold(printable(title, 1000))} ${pc.dim('(accuracy in %)')}`,
    textTable({ head: head.map(name => pc.dim(name)), groups: [rows], align: 'lr' }),
    ...notes.map(line => pc.dim(line)),
    readComparison(comparison),
  ].join('\n');
}

/** A method compared with every other one, for a terminal: a line for each of them. */
export function comparisonListText(list: ComparisonList): string {
  return [
    pc.bold(printable(listTitle(list), 1000)),
    sheetText(differencesSheet(list.comparisons), process.stdout.columns ?? 100),
    pc.dim(listNotes(list)),
  ].join('\n');
}

/** Comparisons as a file of Markdown. @param command the command that makes it */
export function comparisonsMarkdown(lists: readonly ComparisonList[], command: string): string {
  const sections = lists.map(list =>
    [
      `## ${markdownText(listTitle(list))}`,
      markdownText(listNotes(list)),
      markdownTable(differencesSheet(list.comparisons)),
    ].join('\n\n'),
  );
  return `${sections.join('\n\n')}\n\n${madeBy(command)}\n`;
}

const listTitle = ({ title, comparisons }: ComparisonList): string =>
  `${title}: differences from ${comparisons[0]!.a} in percentage points`;

/** How to read a list. */
function listNotes({ comparisons }: ComparisonList): string {
  const otherData = comparisons.reduce((sum, one) => sum + one.otherData, 0);
  return [
    'In parentheses: the 95 % interval of each difference, paired over task and seed.',
    ...(otherData > 0 ? [`Left out because the data differ: ${count(otherData, 'pair')}.`] : []),
    ...comparisons.flatMap(one => unlikeNotes(one, setting => setting !== 'precision')), // which is in the method's name
  ].join(' ');
}

/** Settings that make a comparison uneven. */
const unlikeNotes = ({ a, b, unlike = [] }: Comparison, isTold: (setting: string) => boolean = () => true): string[] =>
  unlike
    .filter(({ setting }) => isTold(setting))
    .map(({ setting, pairs, ...values }) => {
      const sides = `${valuesText(values.a)} for ${printable(a)}, ${valuesText(values.b)} for ${printable(b)}`;
      return `${names[setting]} ${setting === 'descriptions' ? 'differ' : 'differs'} in ${count(pairs, 'pair')}: ${sides}.`;
    });

const valuesText = (values: readonly string[]): string =>
  values.length > 3 ? `${values.length} others` : values.map(value => printable(value)).join(', ');

const names = {
  pillow: 'The Pillow version',
  precision: 'The precision of the towers',
  descriptions: 'The sentences about classes',
};

/** Summarises the main column in a sentence or two. */
export function readComparison({ main, differences, tasks, seeds, ...sides }: Comparison): string {
  const [a, b] = [printable(sides.a), printable(sides.b)];
  const [key, one] = Object.hasOwn(differences, main) ? [main, differences[main]!] : Object.entries(differences)[0]!;
  const column = printable(key);
  const points = Math.abs(one.mean).toFixed(1);
  const is =
    Number(points) === 0 ? `is level with ${a}` : `is ${points} points ${one.mean > 0 ? 'above' : 'below'} ${a}`;
  const where = `on ${count(tasks.length, 'task')} with ${count(seeds.length, 'seed')}`;
  const pairs = `better in ${one.wins} of ${count(one.pairs, 'pair')}, level in ${one.ties}, worse in ${one.losses}`;
  return `${b} ${is} in ${column === 'average' ? 'the average over the targets' : column}, ${where}: ${pairs}. ${certainty(one)}`;
}

function certainty(one: Difference): string {
  if (one.ties === one.pairs) return 'The runs are equal to a tenth of a point.';
  if (one.low === undefined || one.high === undefined) return 'One pair is too few for an interval.';
  const isOpen = one.low <= 0 && one.high >= 0;
  const doubt = isOpen ? ', which contains zero: these runs do not separate the two.' : '.';
  const caution = one.pairs < fewPairs ? ' With so few pairs it is too narrow.' : '';
  return `The 95 % interval is ${interval(one)}${doubt}${caution}`;
}

const interval = ({ low, high }: Difference): string =>
  low === undefined || high === undefined ? '–' : intervalText({ low, high });

const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? '' : 's'}`;
