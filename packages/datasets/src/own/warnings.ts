import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileHashes } from '@dgprompt/io';
import pMap from 'p-map';
import type { Dataset, Item } from '../dataset.js';

/** A class with fewer training images than this, while others have many more, is nearly empty. */
const fewImages = 5;

/** Problems of a user's dataset that make training pointless, one sentence each. */
export async function dataWarnings(dataset: Dataset): Promise<string[]> {
  const found = [numberedClasses(dataset), ...sizes(dataset), await duplicates(dataset)];
  return found.filter(sentence => sentence !== undefined);
}

/** Names without meaning to CLIP: digits, WordNet ids, `class_3`, hexadecimal ids. */
const isId = (name: string): boolean =>
  /^[\d\s.]+$/.test(name) ||
  /^n\d{8}$/.test(name) ||
  /^(class|label|category|cls|id|c)\s?\d+$/i.test(name) ||
  /^(?=.*\d)[0-9a-f]{6,}$/i.test(name.replace(/\s/g, ''));

function numberedClasses({ name, classNames }: Dataset): string | undefined {
  const ids = classNames.filter(isId);
  if (ids.length === 0) return undefined;
  return (
    `${name}: ${some(ids)} ${ids.length === 1 ? 'is only a number or id' : 'are only numbers or ids'}, and CLIP reads names: ` +
    `write them into classnames.json, as in {"${ids[0]}": "rose"}.`
  );
}

function sizes({ name, classNames, train, test }: Dataset): (string | undefined)[] {
  const perClass = (items: Item[]) => {
    const counts = classNames.map(() => 0);
    for (const { label } of items) counts[label]!++;
    return counts;
  };
  const training = perClass(train);
  const testing = perClass(test);
  const median = [...training].sort((a, b) => a - b)[Math.floor(training.length / 2)] ?? 0;
  const having = (want: (count: number) => boolean, counts: number[]) => classNames.filter((_, i) => want(counts[i]!));
  const single = having(count => count === 1, training);
  const few = having(count => count > 1 && count < fewImages && count * 4 < median, training);
  const untested = having(count => count === 0, testing);
  return [
    single.length > 0
      ? `${name}: ${some(single)} ${has(single)} one training image; what is learned is that image.`
      : undefined,
    few.length > 0
      ? `${name}: ${some(few)} ${has(few)} fewer than ${fewImages} training images, others about ${median}.`
      : undefined,
    untested.length > 0 && untested.length < classNames.length
      ? `${name}: ${some(untested)} ${has(untested)} no test images.`
      : undefined,
  ];
}

/** Files read at the same time. */
const openFiles = 16;

/** Equal files in the training and test set, which make the test too easy; empty files do not count. */
async function duplicates({ name, train, val, test }: Dataset): Promise<string | undefined> {
  const items = [...train, ...val, ...test];
  const bytes = await pMap(items, ({ path }) => stat(path).then(({ size }) => size), { concurrency: openFiles });
  const sizesOf = new Map(items.map(({ path }, i) => [path, bytes[i] ?? 0]));
  const sizeOf = ({ path }: Item) => sizesOf.get(path)!;
  const tested = new Set(test.map(sizeOf));
  const trained = new Set([...train, ...val].map(sizeOf));
  // A file whose size does not occur on the other side has no duplicate there and need not be read.
  const candidates = (list: Item[], other: Set<number>) =>
    list.filter(item => sizeOf(item) > 0 && other.has(sizeOf(item)));
  const seen = new Map<string, Item>();
  const learned = candidates([...train, ...val], tested);
  for (const [i, hash] of (await pMap(learned, contentHash, { concurrency: openFiles })).entries())
    seen.set(hash, learned[i]!);
  const asked = candidates(test, trained);
  const pairs = (await pMap(asked, contentHash, { concurrency: openFiles })).flatMap((hash, i) => {
    const twin = seen.get(hash);
    return twin ? [[twin, asked[i]!] as const] : [];
  });
  const [first] = pairs;
  if (!first) return undefined;
  const [a, b] = first.map(({ path }) => `${basename(dirname(path))}/${basename(path)}`);
  return `${name}: ${pairs.length} of ${test.length} test images ${pairs.length === 1 ? 'is' : 'are'} also in the training or validation set (${b} is ${a}); remove them from one.`;
}

const contentHash = async ({ path }: Item): Promise<string> => (await fileHashes(path, ['sha256'])).sha256;

const some = (names: string[]): string =>
  names.length <= 3
    ? `class${names.length === 1 ? '' : 'es'} ${names.map(name => `"${name}"`).join(', ')}`
    : `${names.length} classes (${names
        .slice(0, 3)
        .map(name => `"${name}"`)
        .join(', ')}, …)`;
const has = (names: string[]): string => (names.length === 1 ? 'has' : 'have');
