import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { synonyms } from './synonyms.js';

const require = createRequire(import.meta.url);

/** One Unicode emoji, as used in pretraining; people, flags and clock faces are excluded. */
export interface Emoji {
  hexcode: string;
  /** CLDR short name in lower case, with straight apostrophes. */
  label: string;
  /** CLDR keywords without the label. */
  tags: string[];
  /** Unicode subgroup (`animal-mammal`, `food-fruit`, …). */
  subgroup: string;
  /** Whether it belongs to a kind used in tasks (animals, food, places, activities, objects). */
  tasklike: boolean;
}

interface EmojibaseEntry {
  label: string;
  hexcode: string;
  tags?: string[];
  group?: number;
  subgroup?: number;
}

const json = <T>(file: string): T => JSON.parse(readFileSync(require.resolve(`emojibase-data/${file}`), 'utf8')) as T;

/** Lower case, straight apostrophes, no accents, single spaces. */
export const plain = (text: string): string =>
  text
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[’‘]/g, "'")
    .replace(/[“”:,.!?()]/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Letters and digits only, so that "man's shoe", `mans_shoe` and `mansshoe` have the same key. */
export const squash = (text: string): string => plain(text).replace(/[^a-z0-9]/g, '');

const people = new Set(['body-parts']);

/** Emoji of the corpus in Unicode order. */
export function loadEmoji(): Emoji[] {
  const { subgroups } = json<{ subgroups: Record<string, string> }>('meta/groups.json');
  const emoji: Emoji[] = [];
  for (const e of json<EmojibaseEntry[]>('en/data.json')) {
    const subgroup = subgroups[e.subgroup ?? -1];
    if (!subgroup || e.group === undefined || e.group === 2 || e.group === 9) continue;
    if (e.group === 1 && !people.has(subgroup)) continue;
    if (/o'clock|thirty|skin tone|\bkeycap\b|^regional/.test(plain(e.label))) continue;
    if (/^(arrow|alphanum|keycap|geometric|gender|math|punctuation|currency)$/.test(subgroup)) continue;
    const label = plain(e.label);
    const tags = [...new Set((e.tags ?? []).map(plain))].filter(t => t && t !== label && /^[a-z0-9' -]+$/.test(t));
    emoji.push({ hexcode: e.hexcode, label, tags, subgroup, tasklike: e.group >= 3 && e.group <= 7 });
  }
  return emoji;
}

/**
 * Squashed names of emoji → index in `emoji`. Labels come first, then synonyms, the names in the Unicode standard and
 * shortcodes, so a name claimed by two emoji goes to the one for which it is more official.
 */
export function emojiNames(emoji: readonly Emoji[]): Map<string, number> {
  const place = new Map(emoji.map((e, i) => [e.hexcode, i]));
  const names = new Map<string, number>();
  const add = (name: string, index: number | undefined) => {
    const key = squash(name);
    if (index !== undefined && key.length > 2 && !names.has(key)) names.set(key, index);
  };
  emoji.forEach((e, i) => {
    names.set(squash(e.label), i);
  });
  const byLabel = new Map(emoji.map((e, i) => [e.label, i]));
  for (const [label, others] of synonyms) {
    for (const other of others) add(other, byLabel.get(label));
  }
  const files = ['cldr', 'emojibase', 'github', 'iamcal', 'joypixels', 'emojibase-legacy'].map(
    s => `en/shortcodes/${s}.json`,
  );
  for (const file of ['meta/unicode-names.json', ...files]) {
    for (const [hex, value] of Object.entries(json<Record<string, string | string[]>>(file))) {
      for (const name of Array.isArray(value) ? value : [value]) add(name, place.get(hex) ?? place.get(`${hex}-FE0F`));
    }
  }
  for (const ending of [' face', ' symbol', ' fruit', ' done']) {
    emoji.forEach((e, i) => {
      if (e.label.endsWith(ending)) add(e.label.slice(0, -ending.length), i);
    });
  }
  return names;
}
