import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { expect, test } from 'vitest';
import { parseJson } from './parse-json.js';
import { openSafetensors } from './safetensors/read.js';
import { writeSafetensors } from './safetensors/write.js';
import { fuzz, mutated, mutatedJson, processorTime } from './testing/fuzz.js';
import { checkZip } from './zip.js';

const folder = mkdtempSync(join(tmpdir(), 'fuzz-'));
const both = (seen: { read: number; refused: number }) => expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(0);

/** A zip of one stored file, with zip64 records. */
function zip(): Buffer {
  const data = Buffer.from('data');
  const local = Buffer.alloc(30);
  local.writeUInt32LE(0x04034b50, 0);
  local.writeUInt32LE(crc32(data), 14);
  local.writeUInt16LE(1, 26);
  const listed = Buffer.alloc(46);
  listed.writeUInt32LE(0x02014b50, 0);
  listed.writeUInt32LE(0xffffffff, 20);
  listed.writeUInt32LE(4, 24);
  listed.writeUInt16LE(1, 28);
  listed.writeUInt16LE(12, 30);
  const extra = Buffer.alloc(12);
  extra.writeUInt16LE(1, 0);
  extra.writeUInt16LE(8, 2);
  extra.writeBigUInt64LE(4n, 4);
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(35n, 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(35 + 46 + 1 + 12), 8);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  const name = Buffer.from('a');
  return Buffer.concat([local, name, data, listed, name, extra, record, locator, end]);
}

test('mutated zip archives are counted or rejected', async () => {
  const path = join(folder, 'a.zip');
  writeFileSync(path, zip());
  expect(checkZip(path)).toEqual({ entries: 1, unpacked: 4 });
  both(
    await fuzz(
      below => {
        writeFileSync(path, mutated(zip(), below));
        checkZip(path, 1000);
      },
      { few: 2000, seed: 1 },
    ),
  );
});

test('mutated safetensors headers are read or rejected', async () => {
  const path = join(folder, 'a.safetensors');
  await writeSafetensors(path, { 'a.b': { shape: [2, 1], data: Float32Array.of(1, 2) } }, { metadata: { of: 'x' } });
  const header = '{"__metadata__":{"of":"x"},"a.b":{"dtype":"F32","shape":[2,1],"data_offsets":[0,8]}}';
  both(
    await fuzz(
      below => {
        const text = Buffer.from(mutatedJson(header, below));
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(text.length));
        writeFileSync(path, Buffer.concat([length, text, Buffer.alloc(8)]));
        const file = openSafetensors(path);
        for (const name of file.tensors.keys()) file.read(name);
        file.close();
      },
      { few: 2000, seed: 2, names: path },
    ),
  );
});

test('a header of brackets takes little memory and time', () => {
  const path = join(folder, 'deep.safetensors');
  for (const text of ['['.repeat(20e6), `{"a":[${'{},'.repeat(6e6)}{}]}`, `{"a":"${'\\\\'.repeat(5e6)}"}`]) {
    const length = Buffer.alloc(8);
    length.writeBigUInt64LE(BigInt(text.length));
    writeFileSync(path, Buffer.concat([length, Buffer.from(text)]));
    const start = processorTime();
    expect(() => openSafetensors(path)).toThrow(path);
    expect(processorTime() - start).toBeLessThan(4000);
  }
});

test('mutated JSON is parsed like JSON.parse, or rejected', async () => {
  const text = '{"a":[1,2.5,{"b":null,"c":"x\\"]}"}],"d":{"e":[[],{}]},"f":"\\u00e9"}';
  both(
    await fuzz(
      below => {
        const given = mutatedJson(text, below);
        expect(parseJson(given, { depth: 12 })).toEqual(JSON.parse(given.replace(/^\ufeff/, '')));
      },
      { few: 2000, seed: 3 },
    ),
  );
});
