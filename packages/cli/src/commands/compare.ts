import { stat } from 'node:fs/promises';
import type { RunRecord } from '@dgprompt/bench';
import type { Comparison, ComparisonList } from '@dgprompt/bench/compare';
import { nearestName } from '@dgprompt/io';
import { defineCommand } from '../options/command.js';
import { option, text } from '../options/option.js';
import { jsonOption, resultsOption } from '../options/table.js';
import { UsageError } from '../usage-error.js';

const markdownFile = text.regex(/\.(md|markdown)$/i, { error: 'Its ending must be .md, for Markdown.' });

/** `dgprompt compare`: two methods, a method and all others, or two results folders, run by run. */
export const compare = defineCommand({
  summary: 'two methods, a method and all others, or two results folders',
  description: 'Compare methods, or two results folders, on the same tasks and seeds.',
  arguments: [
    ['<A>', 'a method, as tables name it, or a results folder'],
    ['[B]', 'another one (default: every other method)'],
  ],
  examples: [
    'compare maple dgprompt           two methods of one results folder',
    'compare clip --out against-clip.md          every other method against CLIP',
    'compare results/before results/after       each method with itself',
    "compare coop 'coop (epochs 2)' --results results --json",
  ],
  notes:
    'Differences are B − A, paired over task and seed. Intervals are bootstrapped over tasks and their seeds, from a ' +
    'fixed seed: the same runs give the same. Each is a 95 % interval of one comparison, not corrected for their number.',
  options: {
    results: { ...resultsOption.results, help: 'where the records of methods are' },
    out: option('--out <file>', 'also write the differences to .md', markdownFile.optional()),
    ...jsonOption,
  },
  async action({ results, json, out }, [a, b]) {
    const { comparisonListText, comparisonsMarkdown, comparisonText, readComparison } = await import(
      '../terminal/compare-text.js'
    );
    const { checkOutput, writeOutput } = await import('../terminal/check-output.js');
    const { thisCommand } = await import('../terminal/this-command.js');
    await checkOutput(out);
    const lists: ComparisonList[] =
      b === undefined ? await compareWithAll(a, results) : (await compareTwo(a, b, results)).map(alone);
    if (out !== undefined) await writeOutput(out, comparisonsMarkdown(lists, thisCommand()));
    const comparisons = lists.flatMap(list => list.comparisons);
    if (json) {
      const all = comparisons.map(one => ({ ...one, reading: readComparison(one) }));
      process.stdout.write(`${JSON.stringify({ comparisons: all }, null, 2)}\n`);
      return;
    }
    const texts = b === undefined ? lists.map(comparisonListText) : comparisons.map(comparisonText);
    process.stdout.write(`${texts.join('\n\n')}\n`);
  },
});

const alone = (comparison: Comparison): ComparisonList => ({ title: comparison.title, comparisons: [comparison] });

const compareTwo = async (a: string, b: string, results: string): Promise<Comparison[]> =>
  (await compareMethods(a, b, results)) ?? (await compareFolders(a, b));

/** A method with every other one of the records. */
async function compareWithAll(a: string, results: string): Promise<ComparisonList[]> {
  const bench = await import('@dgprompt/bench/compare');
  const { methodTitle } = await import('@dgprompt/bench/methods');
  const { records, groups, labels, find } = await methodsIn(results);
  const own = find(a);
  if (own === undefined) {
    if (await isFolder(a)) throw new UsageError(`Name a second folder to compare ${a} with.`);
    throw unknown(a, labels, results);
  }
  for (const line of groups.flatMap(group => leftOut(group, [own]))) process.stderr.write(`${line}\n`);
  const lists = bench.compareWithAll(records, own);
  if (lists.length === 0)
    throw new Error(`No other method in ${results} ran on a task and seed of ${methodTitle(own)}.`);
  return lists;
}

/** The comparisons of two methods; undefined if both names are folders and not both are methods in the records. */
async function compareMethods(a: string, b: string, results: string): Promise<Comparison[] | undefined> {
  const bench = await import('@dgprompt/bench/compare');
  const { methodTitle } = await import('@dgprompt/bench/methods');
  const { records, groups, labels, find } = await methodsIn(results);
  const [own, other] = [find(a), find(b)];
  if (own === undefined || other === undefined) {
    const isOwnFolder = await isFolder(a);
    const isOtherFolder = await isFolder(b);
    if (isOwnFolder && isOtherFolder) return undefined;
    if (own === undefined && !isOwnFolder) throw unknown(a, labels, results);
    if (other === undefined && !isOtherFolder) throw unknown(b, labels, results);
    throw new UsageError(`${a} and ${b} are a method and a folder; name two methods or two folders.`);
  }
  if (own === other) throw new UsageError(`${a} and ${b} are the same method.`);
  const comparisons = bench.compareMethods(records, own, other);
  for (const line of groups.flatMap(group => leftOut(group, [own, other]))) process.stderr.write(`${line}\n`);
  const places = (method: string) => {
    const all = groups.flatMap(group => group.records.map(({ config }) => config));
    const of = all.filter(config => config.method === method);
    const distinct = (values: (string | number)[]) => [...new Set(values)].join(', ');
    return `${methodTitle(method)} ran on ${distinct(of.map(({ task }) => task))} with seeds ${distinct(of.map(({ seed }) => seed))}`;
  };
  if (comparisons.length === 0)
    throw new Error(
      `${methodTitle(own)} and ${methodTitle(other)} have no task and seed in common in ${results}: ` +
        `${places(own)}; ${places(other)}.`,
    );
  return comparisons;
}

/** The records of a folder, by table, with the methods' names in tables; `find` takes an id or a title. */
async function methodsIn(results: string) {
  const { comparable } = await import('@dgprompt/bench');
  const { methodTitle } = await import('@dgprompt/bench/methods');
  const { methodsOf } = await import('@dgprompt/bench/records');
  const records = await orderedRecords(results);
  const groups = comparable(records);
  const labels = methodsOf(groups.flatMap(group => group.records));
  const find = (name: string) => labels.find(label => label === name || methodTitle(label) === name);
  return { records, groups, labels, find };
}

/** Tables label each setting of a method, as in `maple (tokens 4)`, so the bare name matches none of them. */
function leftOut(
  { title, records }: { title: string; records: readonly RunRecord[] },
  methods: readonly string[],
): string[] {
  const labels = [...new Set(records.map(({ config }) => config.method))];
  const ofEach = methods.map(method => labels.filter(label => label === method || label.startsWith(`${method} (`)));
  const several = ofEach.filter((own, i) => !own.includes(methods[i]!)).flat();
  if (several.length === 0 || ofEach.some(own => own.length === 0)) return [];
  const names = several.sort().map(name => `"${name}"`);
  return [`Left out: ${title}, with several settings of a method; name one of ${names.join(', ')}.`];
}

async function compareFolders(a: string, b: string): Promise<Comparison[]> {
  const bench = await import('@dgprompt/bench/compare');
  const sides = [];
  for (const name of [a, b]) {
    const records = await orderedRecords(name);
    if (records.length === 0) throw new Error(`There are no records in ${name}, so there is nothing to compare.`);
    sides.push({ name, records });
  }
  const comparisons = bench.compareFolders(sides[0]!, sides[1]!);
  if (comparisons.length === 0)
    throw new Error(`${a} and ${b} have no run of the same protocol, suite, method, shots, task, data and seed.`);
  return comparisons;
}

/** The records of a folder in the tables' order. */
async function orderedRecords(folder: string): Promise<RunRecord[]> {
  const { recordsInOrder } = await import('@dgprompt/bench/tables');
  const { recordsOf } = await import('../terminal/records.js');
  return recordsInOrder((await recordsOf(folder)).records);
}

function unknown(name: string, labels: readonly string[], results: string): UsageError {
  const nearest = nearestName(name, labels);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  const known = labels.length === 0 ? `${results} has no records` : `${results} has ${labels.join(', ')}`;
  return new UsageError(`"${name}" is neither a folder nor a method with records.${hint} ${known}.`);
}

const isFolder = (path: string): Promise<boolean> =>
  stat(path).then(
    found => found.isDirectory(),
    () => false,
  );
