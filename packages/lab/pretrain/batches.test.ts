import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { batch, type Corpus, captionLength, openCorpus } from './batches.js';
import { enclosedAreas, renderCorpus, side } from './render.js';

const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
let corpus: Corpus;
const look = { imageSize: 48, patches: 64, keep: 5, emojiShare: 0.6, familyShare: 0.75 };
beforeAll(async () => {
  await renderCorpus(folder, () => {}, ['streamline-emojis', 'duo-icons']);
  corpus = openCorpus(folder);
});
afterAll(() => rmSync(folder, { recursive: true }));

test('a batch is a function of seed and step', () => {
  const options = { ...look, seed: 3, step: 5, size: 4 };
  const [a, b] = [batch(corpus, options), batch(corpus, options)];
  expect(Buffer.compare(Buffer.from(a.pixels.buffer), Buffer.from(b.pixels.buffer))).toBe(0);
  for (const part of ['captions', 'tokens', 'ends', 'group', 'emoji', 'kept'] as const)
    expect(a[part]).toEqual(b[part]);
  expect(batch(corpus, { ...options, step: 6 }).captions).not.toEqual(a.captions);
  expect(batch(corpus, { ...options, seed: 4 }).captions).not.toEqual(a.captions);
});

test('rows of tokens start and end as CLIP text does', () => {
  const { tokens, ends, pixels } = batch(corpus, { ...look, seed: 1, step: 0, size: 32 });
  expect(pixels.length).toBe(32 * 3 * 48 * 48);
  expect(pixels.every(Number.isFinite)).toBe(true);
  ends.forEach((end, i) => {
    const row = tokens.subarray(i * captionLength, (i + 1) * captionLength);
    expect(row[0]).toBe(corpus.startToken);
    expect(row.indexOf(corpus.endToken)).toBe(end);
    expect(row.subarray(end + 1).every(t => t === 0)).toBe(true);
  });
});

test('a picture has its class token and the requested number of distinct patches', () => {
  const { kept } = batch(corpus, { ...look, seed: 1, step: 0, size: 96 });
  const seen = new Set<number>();
  for (let i = 0; i < 96; i++) {
    const [first, ...patches] = kept.subarray(i * 6, (i + 1) * 6);
    expect(first).toBe(0);
    expect(new Set(patches).size).toBe(look.keep);
    for (const place of patches) seen.add(place);
  }
  expect([Math.min(...seen), Math.max(...seen)]).toEqual([1, look.patches]);
});

test('pairs of one concept or one caption share a group', () => {
  const { group, captions, entries } = batch(corpus, { ...look, seed: 1, step: 0, size: 64 });
  const concept = entries.map(e => corpus.concept[e]!);
  for (let i = 0; i < 64; i++) {
    for (let j = 0; j < i; j++) {
      if (captions[i] === captions[j] || concept[i] === concept[j]) expect(group[i]).toBe(group[j]);
    }
  }
  expect(new Set(group).size).toBeGreaterThan(25);
});

test('rendering again keeps existing pictures', async () => {
  let drawn = 0;
  await renderCorpus(folder, () => drawn++, ['streamline-emojis', 'duo-icons']);
  expect(drawn).toBe(0);
});

test('the inside of a ring is an enclosed area, the outside is not', () => {
  const alpha = new Uint8Array(side * side).map((_, i) => {
    const r = Math.hypot((i % side) - 32, Math.floor(i / side) - 32);
    return r > 18 && r < 24 ? 255 : 0;
  });
  const areas = enclosedAreas(alpha);
  expect(areas[32 * side + 32]).toBe(1);
  expect(areas[0]).toBe(0);
});
