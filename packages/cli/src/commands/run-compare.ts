import { stat } from 'node:fs/promises';
import { comparable, type RunRecord, readRecords } from '@dgprompt/bench';
import { type Comparison, compareFolders, compareMethods } from '@dgprompt/bench/compare';
import { methodTitle } from '@dgprompt/bench/methods';
import { recordsInOrder } from '@dgprompt/bench/tables';
import { nearestName } from '@dgprompt/io';
import type { Command } from 'commander';
import { comparisonText, readComparison } from '../terminal/compare-text.js';
import type { CompareCommandOptions } from './compare-command.js';

/**
 * Compares two methods that have records in the results folder, else two folders, and prints what there is to say.
 * @throws a sentence where nothing pairs
 */
export async function runCompare(
  a: string,
  b: string,
  options: CompareCommandOptions,
  command: Command,
): Promise<void> {
  const comparisons = (await methodsOf(a, b, options, command)) ?? (await foldersOf(a, b));
  if (options.json) {
    const all = comparisons.map(one => ({ ...one, reading: readComparison(one) }));
    process.stdout.write(`${JSON.stringify({ comparisons: all }, null, 2)}\n`);
  } else process.stdout.write(`${comparisons.map(comparisonText).join('\n\n')}\n`);
}

/** undefined if both are folders, and not both methods of the records. */
async function methodsOf(
  a: string,
  b: string,
  { results }: CompareCommandOptions,
  command: Command,
): Promise<Comparison[] | undefined> {
  const records = await recordsOf(results);
  const labels = [...new Set(comparable(records).flatMap(group => group.records.map(({ config }) => config.method)))];
  const [own, other] = [a, b].map(name => labels.find(label => label === name || methodTitle(label) === name));
  if (own === undefined || other === undefined) {
    const areFolders = [await isFolder(a), await isFolder(b)];
    if (areFolders.every(is => is)) return undefined;
    const unknown = own === undefined && !areFolders[0] ? a : other === undefined && !areFolders[1] ? b : undefined;
    const sentence =
      unknown === undefined
        ? `${a} and ${b} are a method and a folder; take two of a kind.`
        : told(unknown, labels, results);
    return command.error(`error: ${sentence}`, { exitCode: 2 });
  }
  if (own === other) return command.error(`error: ${a} and ${b} are the same method.`, { exitCode: 2 });
  const comparisons = compareMethods(records, own, other);
  if (comparisons.length === 0)
    throw new Error(
      `${methodTitle(own)} and ${methodTitle(other)} have no task and seed in common in ${results}: ` +
        `${placesOf(records, own)}; ${placesOf(records, other)}.`,
    );
  return comparisons;
}

async function foldersOf(a: string, b: string): Promise<Comparison[]> {
  const [own, other] = [await recordsOf(a), await recordsOf(b)];
  for (const [folder, records] of [
    [a, own],
    [b, other],
  ] as const)
    if (records.length === 0) throw new Error(`There are no records in ${folder}, so there is nothing to compare.`);
  const comparisons = compareFolders({ name: a, records: own }, { name: b, records: other });
  if (comparisons.length === 0)
    throw new Error(`${a} and ${b} have no run of the same protocol, suite, method, shots, task, data and seed.`);
  return comparisons;
}

/** The records of a folder in the tables' order; on stderr, what in it is no record. */
async function recordsOf(folder: string): Promise<RunRecord[]> {
  const { records, damaged } = await readRecords(folder);
  for (const { name, reason } of damaged) process.stderr.write(`${folder}/${name} is left out: ${reason}.\n`);
  return recordsInOrder(records);
}

function told(name: string, labels: readonly string[], results: string): string {
  const nearest = nearestName(name, labels);
  const known = labels.length === 0 ? `${results} holds no records` : `${results} has ${labels.join(', ')}`;
  return `"${name}" is neither a folder nor a method with records.${nearest === undefined ? '' : ` Did you mean "${nearest}"?`} ${known}.`;
}

/** `coop ran on dtd, eurosat with seeds 1, 2`. */
function placesOf(records: readonly RunRecord[], method: string): string {
  const own = comparable(records)
    .flatMap(group => group.records)
    .filter(({ config }) => config.method === method);
  const distinct = (values: (string | number)[]) => [...new Set(values)].join(', ');
  return `${methodTitle(method)} ran on ${distinct(own.map(({ config }) => config.task))} with seeds ${distinct(own.map(({ config }) => config.seed))}`;
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
}
