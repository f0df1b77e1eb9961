import { digests } from '@dgprompt/io';
import pMap from 'p-map';
import type { Dataset, Item } from '../dataset.js';
import { stat } from '../runtime/folders.js';
import { basename, dirname } from '../runtime/paths.js';

/** A class with fewer training images than this, while others have many more, is nearly empty. */
const fewImages = 5;

/** Problems of a user's dataset that make training pointless, one sentence each. */
export async function dataWarnings(dataset: Dataset): Promise<string[]> {
  const found = [
    numberedClasses(dataset),
    numbersInFront(dataset),
    ...sameWords(dataset),
    ...sizes(dataset),
    await duplicates(dataset),
  ];
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

/** A number or id before the words of a name: `17 rose`, `7f3a9c rose`. */
const inFront = /^(?:\d+|n\d{8}|(?=\S*\d)[0-9a-f]{6,})[\s.:_-]+(?=\S*\p{L})/iu;

/** A single name may well begin with a number (`3 wheeler`); if most do, the numbers count the classes. */
function numbersInFront({ name, classNames }: Dataset): string | undefined {
  const numbered = classNames.filter(one => inFront.test(one));
  if (numbered.length < 2 || numbered.length * 2 < classNames.length) return undefined;
  const [first] = numbered as [string];
  return (
    `${name}: ${some(numbered)} begin with numbers or ids, which CLIP reads as words: ` +
    `write their names into classnames.json, as in {"${first}": "${first.replace(inFront, '')}"}.`
  );
}

/** CLIP's tokenizers read composed letters in lower case. */
const asRead = (name: string): string => name.normalize('NFKC').toLowerCase().replace(/\s+/g, ' ').trim();

function sameWords({ name, classNames }: Dataset): string[] {
  const groups = new Map<string, string[]>();
  for (const one of classNames) groups.set(asRead(one), [...(groups.get(asRead(one)) ?? []), one]);
  return [...groups.values()]
    .filter(same => new Set(same).size > 1)
    .map(same => {
      const looks =
        new Set(same.map(one => one.normalize('NFC'))).size < same.length ? ' (with letters coded in two ways)' : '';
      return `${name}: CLIP reads ${some(same)}${looks} as the same words, so methods that classify by names cannot tell them apart; rename or merge them.`;
    });
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
      ? `${name}: ${some(single)} ${has(single)} one training image; training only learns that image.`
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

/** Equal files in the training and test set, which make the test too easy; empty files are ignored. */
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
  const asked = candidates(test, trained);
  const contents = await digests([...learned, ...asked].map(({ path }) => path));
  for (const item of learned) if (contents.has(item.path)) seen.set(contents.get(item.path)!, item);
  const pairs = asked.flatMap(item => {
    const twin = seen.get(contents.get(item.path) ?? '');
    return twin ? [[twin, item] as const] : [];
  });
  const [first] = pairs;
  if (!first) return undefined;
  const [a, b] = first.map(({ path }) => `${basename(dirname(path))}/${basename(path)}`);
  return `${name}: ${pairs.length} of ${test.length} test images ${pairs.length === 1 ? 'is' : 'are'} also in the training or validation set (${b} is ${a}); remove them from one.`;
}

const some = (names: string[]): string =>
  names.length <= 3
    ? `class${names.length === 1 ? '' : 'es'} ${names.map(name => `"${name}"`).join(', ')}`
    : `${names.length} classes (${names
        .slice(0, 3)
        .map(name => `"${name}"`)
        .join(', ')}, …)`;
const has = (names: string[]): string => (names.length === 1 ? 'has' : 'have');
