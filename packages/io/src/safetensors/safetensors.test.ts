import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { float16ToFloat32, float32ToFloat16 } from '../half.js';
import { openSafetensors } from './read.js';
import { writeSafetensors } from './write.js';

const folder = mkdtempSync(join(tmpdir(), 'safetensors-'));
const path = (name: string) => join(folder, `${name}.safetensors`);

/** A file with any header and data bytes. */
function fileOf(name: string, header: unknown, bytes: number): string {
  const json = Buffer.from(typeof header === 'string' ? header : JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(json.length));
  writeFileSync(path(name), Buffer.concat([length, json, Buffer.alloc(bytes)]));
  return path(name);
}

test('what is written is read back, with its metadata', async () => {
  const a = { shape: [2, 3], data: Float32Array.of(1, -2.5, 3e-20, 4, 5, 6) };
  await writeSafetensors(
    path('f32'),
    { a, scalar: { shape: [], data: Float32Array.of(7) } },
    { metadata: { by: 'test' } },
  );
  const file = openSafetensors(path('f32'));
  expect(file.metadata).toEqual({ by: 'test' });
  expect(file.tensors.get('a')).toMatchObject({ dtype: 'F32', shape: [2, 3] });
  expect(file.read('a')).toEqual(a.data);
  expect(file.read('scalar')).toEqual(Float32Array.of(7));
  expect(() => file.read('b')).toThrow(`${path('f32')} has no tensor "b".`);
  file.close();
  expect(readFileSync(path('f32')).readBigUInt64LE(0) % 8n).toBe(0n);
  expect(readdirSync(folder).filter(name => name.endsWith('.tmp'))).toEqual([]);
});

test('half precision rounds to nearest, ties to even', async () => {
  const values = Float32Array.of(
    1,
    1 + 2 ** -11,
    1 + 3 * 2 ** -11,
    -65504,
    65519,
    65520,
    2 ** -24,
    2 ** -25,
    1.5 * 2 ** -25,
  );
  await writeSafetensors(path('f16'), new Map([['a', { shape: [9], data: values }]]), { dtype: 'F16' });
  const file = openSafetensors(path('f16'));
  expect([...file.read('a')]).toEqual([1, 1, 1 + 2 ** -9, -65504, 65504, Infinity, 2 ** -24, 0, 2 ** -24]);
  file.close();
});

test('every half survives the round trip to float32', () => {
  const all = Uint16Array.from({ length: 65536 }, (_, bits) => bits);
  const back = float32ToFloat16(float16ToFloat32(all));
  const nan = (bits: number) => (bits & 0x7c00) === 0x7c00 && (bits & 0x3ff) !== 0;
  expect([...all].filter(bits => !nan(bits) && back[bits] !== bits)).toEqual([]);
});

test('bfloat16 and integers become float32', () => {
  const file = path('bf16');
  fileOf(
    'bf16',
    { a: { dtype: 'BF16', shape: [2], data_offsets: [0, 4] }, b: { dtype: 'I64', shape: [1], data_offsets: [4, 12] } },
    0,
  );
  writeFileSync(file, Buffer.from([0x80, 0x3f, 0x20, 0xc0, 5, 0, 0, 0, 0, 0, 0, 0]), { flag: 'a' });
  const opened = openSafetensors(file);
  expect([...opened.read('a'), ...opened.read('b')]).toEqual([1, -2.5, 5]);
  opened.close();
});

test('float8 becomes float32: normal and subnormal numbers, zeros, the largest, infinity and NaN', () => {
  const types = { F8_E4M3: [0x38, 0xb9, 0x01, 0x80, 0x7e, 0x7f], F8_E5M2: [0x3c, 0xbd, 0x01, 0x80, 0x7b, 0x7c, 0x7f] };
  const values = Object.entries(types).map(([dtype, bytes]) => {
    const file = fileOf(dtype, { a: { dtype, shape: [bytes.length], data_offsets: [0, bytes.length] } }, 0);
    writeFileSync(file, Buffer.from(bytes), { flag: 'a' });
    const opened = openSafetensors(file);
    const read = [...opened.read('a')];
    opened.close();
    return read;
  });
  expect(values).toEqual([
    [1, -1.125, 2 ** -9, -0, 448, Number.NaN],
    [1, -1.25, 2 ** -16, -0, 57344, Number.POSITIVE_INFINITY, Number.NaN],
  ]);
});

test('unsigned integers become float32', () => {
  const file = fileOf('unsigned', { a: { dtype: 'U16', shape: [2], data_offsets: [0, 4] } }, 0);
  writeFileSync(file, Buffer.from([0xff, 0xff, 1, 0]), { flag: 'a' });
  const opened = openSafetensors(file);
  expect([...opened.read('a')]).toEqual([65535, 1]);
  opened.close();
});

describe('a broken file is rejected in one line that names it', () => {
  const entry = (start: number, end: number, shape = [(end - start) / 4]) => ({
    dtype: 'F32',
    shape,
    data_offsets: [start, end],
  });
  test.each([
    ['empty', () => writeFileSync(path('empty'), ''), /has 0 bytes/],
    [
      'foreign',
      () => writeFileSync(path('foreign'), 'PK\x03\x04 a zip file, say, and not a safetensors one'),
      /header length/,
    ],
    ['text', () => fileOf('text', 'no json', 0), /not JSON/],
    ['list', () => fileOf('list', [1], 0), /not an object/],
    ['header', () => writeFileSync(path('header'), Buffer.from([40, 0, 0, 0, 0, 0, 0, 0, 123])), /inside its header/],
    ['cut', () => fileOf('cut', { first: entry(0, 8), last: entry(8, 24) }, 20), /cut short: tensor "last"/],
    ['overlap', () => fileOf('overlap', { first: entry(0, 8), last: entry(4, 12) }, 12), /"last" overlaps/],
    ['gap', () => fileOf('gap', { first: entry(0, 8), last: entry(12, 16) }, 16), /"last" follows a gap/],
    ['rest', () => fileOf('rest', { first: entry(0, 8) }, 9), /1 bytes after its last tensor/],
    ['size', () => fileOf('size', { first: entry(0, 8, [3]) }, 8), /"first" takes 8 bytes; F32 \[3\] needs 12/],
    ['type', () => fileOf('type', { first: { ...entry(0, 8), dtype: 'Q4' } }, 8), /"first" has the type "Q4"/],
    ['shape', () => fileOf('shape', { first: entry(0, 8, [-2]) }, 8), /"first" has the shape \[-2\]/],
    [
      'endless',
      () => writeFileSync(path('endless'), Buffer.from([0, 0, 0, 0, 0, 0, 0, 16, 123, 125])), // a header of 2^60 bytes
      /does not start with a header length/,
    ],
    [
      'twice',
      () => {
        const one = JSON.stringify(entry(0, 8));
        const header = `{"a":${one},"b \\" :":${JSON.stringify(entry(8, 16))}, "a" :${one}}`;
        const length = Buffer.alloc(8);
        length.writeBigUInt64LE(BigInt(header.length));
        writeFileSync(path('twice'), Buffer.concat([length, Buffer.from(header), Buffer.alloc(16)]));
      },
      /has the tensor "a" twice/,
    ],
    ['lines', () => fileOf('lines', { 'a\nb': { ...entry(0, 8), dtype: 'Q4' } }, 8), /"a\\nb" has the type/],
    ['metadata', () => fileOf('metadata', { __metadata__: { a: 1 } }, 0), /metadata values are not strings/],
    [
      'offsets',
      () => fileOf('offsets', { first: { ...entry(0, 8), data_offsets: [8, 0] } }, 8),
      /"first" has the offsets/,
    ],
  ])('%s', (name, write, reason) => {
    write();
    let message = '';
    try {
      openSafetensors(path(name)).close();
    } catch (error) {
      message = (error as Error).message;
    }
    expect(message).toContain(path(name));
    expect(message).toMatch(reason);
    expect(message).not.toContain('\n');
  });
});

test('values that do not fill their shape are not written', async () => {
  await expect(writeSafetensors(path('bad'), { a: { shape: [3], data: new Float32Array(2) } })).rejects.toThrow(
    '"a" has 2',
  );
  expect(readdirSync(folder)).not.toContain('bad.safetensors');
});

test('whole numbers are written as floats, not as the bytes of integers', async () => {
  const data = Int32Array.of(1, 0, -3) as unknown as Float32Array; // what tfjs's cast returns
  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    await writeSafetensors(path('cast'), { a: { shape: [3], data } }, { dtype });
    expect(openSafetensors(path('cast')).read('a')).toEqual(Float32Array.of(1, 0, -3));
  }
});
