import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkZip } from './zip.js';

const path = join(mkdtempSync(join(tmpdir(), 'zip-')), 'a.zip');

/** A zip of two stored files, the second of which may claim to start elsewhere. */
function archive({ second = 35, size = 4, offset = 70, count = 2, zip64 }: Record<string, number> = {}): Buffer {
  const local = (name: string) => {
    const head = Buffer.alloc(30);
    head.writeUInt32LE(0x04034b50, 0);
    head.writeUInt16LE(1, 26);
    return Buffer.concat([head, Buffer.from(`${name}data`)]);
  };
  const listed = (name: string, start: number, bytes: number) => {
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt32LE(bytes, 20);
    head.writeUInt32LE(bytes, 24);
    head.writeUInt16LE(1, 28);
    head.writeUInt32LE(start, 42);
    return Buffer.concat([head, Buffer.from(name)]);
  };
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(count, 10);
  end.writeUInt32LE(offset, 16);
  const locator = Buffer.alloc(zip64 === undefined ? 0 : 20);
  if (zip64 !== undefined) {
    locator.writeUInt32LE(0x07064b50, 0);
    locator.writeBigUInt64LE(BigInt(zip64), 8);
  }
  return Buffer.concat([local('a'), local('b'), listed('a', 0, 4), listed('b', second, size), locator, end]);
}

const check = (bytes: Buffer) => {
  writeFileSync(path, bytes);
  return checkZip(path, 10);
};

test('counts a valid archive', () => {
  expect(check(archive())).toEqual({ entries: 2, unpacked: 8 });
});

test.each<[string, Parameters<typeof archive>[0], RegExp]>([
  ['parts that share bytes, as in bombs', { second: 0 }, /share the same bytes/],
  ['a part after the list', { second: 100 }, /outside the file/],
  ['a part that ends after the list', { size: 1000 }, /outside the file/],
  ['a list after the end', { offset: 5000 }, /list of files is cut short/],
  ['a list elsewhere', { offset: 3 }, /outside the file|damaged/],
  ['more parts than the list has', { count: 3 }, /cut short|damaged/],
  ['more parts than are allowed', { count: 11 }, /11 parts/],
  ['an end record outside the file', { zip64: 2 ** 52 }, /outside the file/],
])('%s', (_, lie, says) => {
  expect(() => check(archive(lie))).toThrow(says);
});

test('a truncated file, or not an archive', () => {
  expect(() => check(archive().subarray(0, 150))).toThrow('its end is missing');
  expect(() => check(Buffer.from('words'))).toThrow('its end is missing');
  expect(() => check(Buffer.alloc(0))).toThrow('its end is missing');
});
