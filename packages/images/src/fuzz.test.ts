import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dice, fuzzCount, processorTime } from '@dgprompt/io/testing/fuzz';
import { expect, test } from 'vitest';
import { decode } from './decode.js';

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const files = ['', 'odd/', 'heif/'].flatMap(folder =>
  readdirSync(fixtures + folder)
    .filter(name => /\.(png|jpg|gif|tif|webp|bmp|avif|heic|p[bgp]m)$/.test(name))
    .map(name => ({ name, bytes: new Uint8Array(readFileSync(fixtures + folder + name)) })),
);

function mutated(bytes: Uint8Array, below: (n: number) => number): Uint8Array {
  let out = Uint8Array.from(bytes);
  for (let times = 1 + below(3); times > 0 && out.length > 0; times--) {
    const at = below(below(2) === 0 ? Math.min(out.length, 64) : out.length); // headers first
    const kind = below(4);
    if (kind === 0) out[at]! ^= 1 << below(8);
    else if (kind === 1) out[at] = [0, 1, 0x7f, 0x80, 0xff][below(5)]!;
    else if (kind === 2) out.fill(0xff, at, at + 1 + below(4));
    else if (below(3) === 0) out = out.subarray(0, at);
  }
  return out;
}

test('mutated pictures are read or rejected in one sentence, quickly and in little memory', async () => {
  const below = dice(11);
  const seen = { read: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  for (let i = 0; i < fuzzCount(2500); i++) {
    const { name, bytes } = files[i % files.length]!;
    const start = processorTime();
    try {
      const { width, height, data } = await decode(mutated(bytes, below));
      if (data.length !== width * height * 3) throw new Error(`${name}: ${data.length} bytes for ${width} × ${height}`);
      seen.read++;
    } catch (error) {
      seen.refused++;
      const { message } = error as Error;
      expect(message).toMatch(/^The image of \d+ bytes cannot be read as an image: [^\n]+\.$/);
      expect(message).not.toMatch(/undefined|\[object|is not a function|Cannot read prop/);
    }
    if (processorTime() - start > 10_000) throw new Error(`${name} took too long`);
  }
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(fuzzCount(2500) / 10);
  expect(process.memoryUsage().rss - before).toBeLessThan(1.5e9);
});
