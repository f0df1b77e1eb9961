import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Tokenizer } from '@huggingface/tokenizers';
import { piecePattern } from './bpe.js';
import { type Named, rareTags } from './captions.js';
import type { Emoji } from './emoji.js';
import { bytesOf, type CorpusIndex, shardFiles } from './render.js';
import type { Entry } from './select.js';

/** The corpus in memory, ready to make batches from. */
export interface Corpus {
  cacheDir: string;
  emoji: Emoji[];
  entries: Entry[];
  /** All pictures, concatenated, in shared memory so that a worker thread needs no copy. */
  bytes: Uint8Array;
  /** Start of each entry's picture in `bytes`. */
  offsets: Float64Array;
  /** The caption parts of each entry. */
  named: Named[];
  /** Concept number of each entry: an emoji's index, or a separate number for every other name. */
  concept: Int32Array;
  /** By emoji: its pictures from emoji styles, coloured sets and monochrome sets, and pictures of a kind of it. */
  pictures: (readonly [number[], number[], number[], number[]])[];
  /**
   * Groups of emoji from neighbouring subgroups, like the tasks' classes: `small` is one subgroup, `large` at least 40
   * emoji.
   */
  families: { small: number[][]; large: number[][] };
  /** Emoji with a picture; those of the tasks' kind appear four times. */
  drawn: number[];
  /** Entries that are not in an emoji style, and the cumulative sum of their weights. */
  icons: Int32Array;
  iconWeights: Float64Array;
  vocabSize: number;
  /** Token ids of a text without start and end tokens. */
  encode(text: string): number[];
  startToken: number;
  endToken: number;
}

/**
 * Opens the rendered corpus.
 *
 * @param cacheDir folder filled by `renderCorpus`
 * @param bytes the pictures, if another thread already has them in memory
 * @throws if the folder has no corpus
 */
export function openCorpus(cacheDir: string, bytes?: Uint8Array): Corpus {
  const file = join(cacheDir, 'index.json');
  if (!existsSync(file)) throw new Error(`No corpus in ${cacheDir}: run "npm run pretrain -w @dgprompt/lab".`);
  const index = JSON.parse(readFileSync(file, 'utf8')) as CorpusIndex;
  const { emoji, entries } = index;
  const offsets = new Float64Array(entries.length + 1);
  entries.forEach((e, i) => {
    offsets[i + 1] = offsets[i]! + bytesOf(e.kind);
  });
  const empty = new Set(index.empty);
  const usable = entries.map((_, i) => i).filter(i => !empty.has(i));
  const concept = concepts(emoji, entries);
  const pictures = emoji.map(() => [[], [], [], []] as [number[], number[], number[], number[]]);
  for (const i of usable) {
    const { emoji: place, kind, link } = entries[i]!;
    if (place === undefined) continue;
    pictures[place]![link === 'head' ? 3 : kind === 'emoji' ? 0 : kind === 'coloured' ? 1 : 2].push(i);
  }
  const has = (i: number) => pictures[i]!.some(p => p.length > 0);
  const all = emoji.map((_, i) => i).filter(has);
  const icons = usable.filter(i => entries[i]!.kind !== 'emoji');
  return {
    cacheDir,
    emoji,
    entries,
    bytes: bytes ?? readShards(index, cacheDir, offsets),
    offsets,
    named: namesOf(emoji, entries),
    concept,
    pictures,
    families: familiesOf(emoji, all),
    drawn: all.flatMap(i => (emoji[i]!.tasklike ? [i, i, i, i] : [i])),
    icons: Int32Array.from(icons),
    iconWeights: runningWeights(icons, entries, concept),
    ...openTokenizer(),
  };
}

function readShards(index: CorpusIndex, cacheDir: string, offsets: Float64Array): Uint8Array {
  const bytes = new Uint8Array(new SharedArrayBuffer(offsets.at(-1)!));
  shardFiles(index).forEach((name, shard) => {
    const from = offsets[shard * index.shardSize]!;
    const to = offsets[Math.min((shard + 1) * index.shardSize, index.entries.length)]!;
    const data = readFileSync(join(cacheDir, name));
    if (data.length !== to - from)
      throw new Error(`${join(cacheDir, name)} is broken: delete the folder and render again.`);
    bytes.set(data, from);
  });
  return bytes;
}

function concepts(emoji: readonly Emoji[], entries: readonly Entry[]): Int32Array {
  const numbers = new Map<string, number>();
  return Int32Array.from(entries, e => {
    if (e.emoji !== undefined) return e.emoji;
    if (!numbers.has(e.name)) numbers.set(e.name, emoji.length + numbers.size);
    return numbers.get(e.name)!;
  });
}

function namesOf(emoji: readonly Emoji[], entries: readonly Entry[]): Named[] {
  const rare = rareTags(emoji);
  return entries.map(e => {
    if (e.emoji === undefined) return { name: e.name, others: e.aliases, rare: [], tags: [] };
    const { label, tags } = emoji[e.emoji]!;
    if (e.link === 'head') return { name: e.name, others: [label], rare: [], tags };
    const others = [...new Set([e.name, ...e.aliases])].filter(n => n !== label);
    return { name: label, others, rare: rare[e.emoji]!, tags };
  });
}

function familiesOf(emoji: readonly Emoji[], all: readonly number[]): Corpus['families'] {
  const bySubgroup = new Map<string, number[]>();
  for (const i of all) {
    if (emoji[i]!.tasklike) bySubgroup.set(emoji[i]!.subgroup, [...(bySubgroup.get(emoji[i]!.subgroup) ?? []), i]);
  }
  const runs = [...bySubgroup.values()];
  // A subgroup's probability is proportional to its size; one that is too small includes its neighbours.
  const grow = (least: number) =>
    runs.flatMap((run, r) => {
      const family = [...run];
      for (let d = 1; family.length < least && d < runs.length; d++) {
        for (const near of [runs[r + d], runs[r - d]]) if (near && family.length < least) family.push(...near);
      }
      return Array.from({ length: Math.ceil(run.length / 8) }, () => family);
    });
  return { small: grow(10), large: grow(40) };
}

function runningWeights(icons: readonly number[], entries: readonly Entry[], concept: Int32Array): Float64Array {
  const drawings = new Map<number, number>();
  for (const i of icons) drawings.set(concept[i]!, (drawings.get(concept[i]!) ?? 0) + 1);
  let sum = 0;
  return Float64Array.from(icons, i => {
    const e = entries[i]!;
    const kind = e.link === 'exact' ? 1 : e.related ? 1.5 : 0.5;
    sum += (kind * (e.kind === 'coloured' ? 2 : 1)) / Math.sqrt(drawings.get(concept[i]!)!);
    return sum;
  });
}

function openTokenizer() {
  const json = JSON.parse(
    readFileSync(fileURLToPath(new URL('../../pictograms/model/tokenizer.json', import.meta.url)), 'utf8'),
  );
  const tokenizer = new Tokenizer(json, {});
  const vocabSize = Object.keys(json.model.vocab as Record<string, number>).length;
  const known = new Map<string, number[]>();
  const pattern = new RegExp(piecePattern, 'gu');
  return {
    vocabSize,
    startToken: vocabSize - 2,
    endToken: vocabSize - 1,
    // Merges never cross pieces, so a text's ids are those of its pieces.
    encode: (text: string): number[] =>
      (text.match(pattern) ?? []).flatMap(piece => {
        let ids = known.get(piece);
        if (!ids) {
          ids = tokenizer.encode(piece, { add_special_tokens: false }).ids;
          known.set(piece, ids);
        }
        return ids;
      }),
  };
}
