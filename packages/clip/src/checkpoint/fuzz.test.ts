import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dice, fuzzCount, mutated, processorTime } from '@dgprompt/io/testing/fuzz';
import { afterAll, expect, test } from 'vitest';
import type { ClipConfig } from '../config.js';
import { randomParameters, writeCheckpoint } from '../testing/checkpoints.js';
import { writeArchive } from '../testing/torch.js';
import { openTensorFile } from './files.js';
import { loadClip } from './load.js';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
afterAll(() => rmSync(folder, { recursive: true }));
const config: ClipConfig = {
  embedDim: 4,
  activation: 'quick_gelu',
  vision: { imageSize: 8, patchSize: 4, width: 8, layers: 1, heads: 1 },
  text: { contextLength: 9, vocabSize: 12, width: 4, layers: 1, heads: 1 },
};

/**
 * Every outcome is an open file whose tensors can be read, or one clear sentence with the file's name, quickly and in
 * little memory.
 */
async function endsWell(path: string, bytes: Uint8Array): Promise<'read' | 'refused'> {
  writeFileSync(path, bytes);
  const start = processorTime();
  let outcome: 'read' | 'refused' = 'read';
  try {
    const file = await openTensorFile(path);
    try {
      for (const [name, { shape }] of file.tensors)
        if (file.read(name).length !== shape.reduce((product, n) => product * n, 1))
          throw new Error(`${name} has another length`);
    } finally {
      file.close();
    }
  } catch (error) {
    outcome = 'refused';
    const { message } = error as Error;
    expect(message).toContain(path);
    expect(message).not.toContain('\n');
    expect(message).not.toMatch(/undefined|\[object|is not a function|Cannot read prop/);
  }
  expect(processorTime() - start).toBeLessThan(5000);
  return outcome;
}

async function fuzz(
  name: string,
  few: number,
  next: (below: (n: number) => number) => Uint8Array | Promise<Uint8Array>,
) {
  const count = fuzzCount(few);
  const below = dice(20_240);
  const path = join(folder, name);
  const seen = { read: 0, refused: 0 };
  const before = process.memoryUsage().rss;
  for (let i = 0; i < count; i++) seen[await endsWell(path, await next(below))]++;
  expect(process.memoryUsage().rss - before).toBeLessThan(700e6);
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(count / 50); // both outcomes occur
}

test('mutated safetensors', async () => {
  const path = await writeCheckpoint(folder, 'hf-f32', config, randomParameters(config));
  const whole = new Uint8Array(readFileSync(join(path, 'model.safetensors')));
  const header = 8 + Number(Buffer.from(whole).readBigUInt64LE(0));
  await fuzz('mutated.safetensors', 1000, below => {
    if (below(3) === 0) return mutated(whole, below);
    // Mostly the header, where things go wrong. Half of the cases have its correct length, so that more is read.
    const text = mutated(whole.subarray(8, header), below);
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(below(2) === 0 ? text.length : header - 8));
    return Buffer.concat([length, text, whole.subarray(header)]);
  });
});

test('mutated PyTorch files', async () => {
  const published = new Uint8Array(readFileSync(new URL('../../fixtures/model.pth.tar-50', import.meta.url)));
  const script = await writeCheckpoint(folder, 'pt-script-f16', config, randomParameters(config));
  const whole = new Uint8Array(readFileSync(join(script, 'model.pt')));
  const at = Buffer.from(published).indexOf('\x80\x02}q', 0, 'latin1');
  const pickle = published.subarray(at, Buffer.from(published).indexOf('PK', at));
  const inner = join(folder, 'inner');
  await fuzz('mutated.pt', 800, below => {
    const kind = below(4);
    if (kind === 0) return mutated(published, below);
    if (kind === 1) return mutated(whole, below);
    // Only the pickle, in an archive that fits it.
    const data = { 'data/0': new Uint8Array(32), 'data/1': new Uint8Array(48), 'data/2': new Uint8Array(32) };
    writeArchive(inner, { 'data.pkl': mutated(pickle, below), ...data });
    return new Uint8Array(readFileSync(inner));
  });
});

test('mutated PyTorch files from before version 1.6', async () => {
  const fixtures = ['legacy.pt', 'extras.pt'].map(
    name => new Uint8Array(readFileSync(new URL(`../../fixtures/torch/${name}`, import.meta.url))),
  );
  await fuzz('mutated-old.pt', 1000, below => {
    const whole = fixtures[below(fixtures.length)]!;
    // Whole files, or only the object between the magic number and the data.
    if (below(2) === 0) return below(3) === 0 ? whole.subarray(0, below(whole.length)) : mutated(whole, below);
    const start = below(whole.length);
    const end = start + below(whole.length - start);
    return Buffer.concat([whole.subarray(0, start), mutated(whole.subarray(start, end), below), whole.subarray(end)]);
  });
});

test('CLIPs of mutated files load or report what is wrong', async () => {
  const path = await writeCheckpoint(folder, 'openai-f16', config, randomParameters(config));
  const files = ['config.json', 'model.safetensors'].map(name => ({
    path: join(path, name),
    bytes: new Uint8Array(readFileSync(join(path, name))),
  }));
  const below = dice(7);
  let loaded = 0;
  const count = fuzzCount(150);
  for (let i = 0; i < count; i++) {
    for (const file of files) writeFileSync(file.path, below(2) === 0 ? file.bytes : mutated(file.bytes, below));
    try {
      (await loadClip(path)).dispose();
      loaded++;
    } catch (error) {
      const { message } = error as Error;
      expect(message).not.toContain('\n');
      expect(message).toMatch(/^(There|The|CLIP config|.*(openai-f16|imageSize))/);
      expect(message).not.toMatch(/undefined|\[object|is not a function|Cannot read prop/);
    }
  }
  expect(loaded).toBeGreaterThan(count / 6);
});
