import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { learnMerges, piecePattern, tokenizerJson } from './bpe.js';
import { fill, templates } from './captions.js';
import { selectEntries } from './select.js';

/** In addition to 512 bytes and the start and end tokens. */
const merges = 5502;
/** Weight of a word in an emoji's name relative to one in an icon's name: task class names consist of such words. */
const emojiWeight = 30;

const { emoji, entries } = selectEntries();
const counts = new Map<string, number>();
const pattern = new RegExp(piecePattern, 'gu');
const count = (text: string, weight: number) => {
  for (const word of text.toLowerCase().match(pattern) ?? []) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: only ASCII words take part in merging
    if (/^[\x00-\x7f]+$/.test(word)) counts.set(word, (counts.get(word) ?? 0) + weight);
  }
};
for (const e of emoji) {
  count(e.label, 2 * emojiWeight);
  for (const t of e.tags) count(t, emojiWeight);
}
for (const e of entries) for (const name of [e.name, ...e.aliases]) count(name, 1);
for (const t of templates) count(fill(t, ''), 1000);
const file = fileURLToPath(new URL('../../pictograms/model/tokenizer.json', import.meta.url));
mkdirSync(fileURLToPath(new URL('../../pictograms/model', import.meta.url)), { recursive: true });
writeFileSync(file, `${JSON.stringify(tokenizerJson(learnMerges(counts, merges)))}\n`);
console.log(`Written: ${file}`);
