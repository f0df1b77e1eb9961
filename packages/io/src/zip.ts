import { type OpenFile, openFile } from './runtime/open-file.js';

/** A zip archive's own figures, after its positions have been checked. */
export interface ZipSummary {
  /** Files and folders. */
  entries: number;
  /** Unpacked bytes of all files, according to their headers. */
  unpacked: number;
}

const END = { signature: 0x06054b50, bytes: 22, longestComment: 0xffff };
const LOCATOR = { signature: 0x07064b50, bytes: 20 };
const END_64 = { signature: 0x06064b50, bytes: 56 };
const ENTRY = { signature: 0x02014b50, bytes: 46 };
const LOCAL_BYTES = 30;
const UNKNOWN = 0xffffffff; // the number is in the extra field

/**
 * Checks every position in a zip archive before passing the file to a library: that each entry's data, the list of
 * entries and the end are in the file, in this order, and that no two entries share bytes (otherwise, an archive of a
 * few megabytes can unpack to petabytes, or point a library outside the file).
 *
 * @param most entries
 * @throws one sentence without the archive's name, such as `its list of files is cut short`
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { checkZip, joinPath, writeFileAtomic } from '@dgprompt/io';
 *
 * const path = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'empty.zip');
 * await writeFileAtomic(path, 'PK\x05\x06', new Uint8Array(18));
 * console.log(checkZip(path)); // { entries: 0, unpacked: 0 }
 * ```
 */
export function checkZip(path: string, most = 3_000_000): ZipSummary {
  const file = openFile(path);
  try {
    const { entries, start, end } = findList(file);
    if (entries > most) throw new Error(`it has ${entries} parts, more than ${most}`);
    if (start > end || entries * ENTRY.bytes > end - start) throw new Error('its list of files is cut short');
    return { entries, unpacked: checkEntries(file, entries, start, end) };
  } finally {
    file.close();
  }
}

/** Finds the list of entries. */
function findList(file: OpenFile): { entries: number; start: number; end: number } {
  const length = Math.min(file.size, LOCATOR.bytes + END.bytes + END.longestComment);
  const tail = viewOf(file.read(file.size - length, file.size));
  let at = length - END.bytes;
  while (at >= 0 && tail.getUint32(at, true) !== END.signature) at--;
  if (at < 0) throw new Error('its end is missing');
  if (tail.getUint16(at + 20, true) !== length - at - END.bytes) throw new Error('there are bytes after its end');
  const end = file.size - length + at;
  if (at >= LOCATOR.bytes && tail.getUint32(at - LOCATOR.bytes, true) === LOCATOR.signature) {
    const record = position(tail, at - LOCATOR.bytes + 8);
    if (record + END_64.bytes > end - LOCATOR.bytes) throw new Error('its end lies outside the file');
    const view = viewOf(file.read(record, record + END_64.bytes));
    if (view.getUint32(0, true) !== END_64.signature) throw new Error('its end is damaged');
    return { entries: position(view, 32), start: position(view, 48), end: record };
  }
  return { entries: tail.getUint16(at + 10, true), start: tail.getUint32(at + 16, true), end };
}

/** Walks through the list. @returns unpacked bytes of all entries */
function checkEntries(file: OpenFile, count: number, listStart: number, listEnd: number): number {
  const spans = { starts: new Float64Array(count), ends: new Float64Array(count) };
  const bytesAt = windowOn(file, listEnd);
  let unpacked = 0;
  let at = listStart;
  for (let i = 0; i < count; i++) {
    const fixed = bytesAt(at, ENTRY.bytes);
    if (fixed.getUint32(0, true) !== ENTRY.signature) throw new Error('its list of files is damaged');
    const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map(place => fixed.getUint16(place, true)) as number[];
    const numbers = [24, 20, 42].map(place => fixed.getUint32(place, true)); // unpacked, packed, start
    const extra = bytesAt(at + ENTRY.bytes + nameBytes!, extraBytes!);
    const [size, packed, start] = numbers.includes(UNKNOWN) ? longNumbers(extra, numbers) : numbers;
    spans.starts[i] = start!;
    spans.ends[i] = start! + LOCAL_BYTES + nameBytes! + packed!;
    if (spans.ends[i]! > listStart) throw new Error('it is cut short, or a part of it lies outside the file');
    unpacked += size!;
    at += ENTRY.bytes + nameBytes! + extraBytes! + commentBytes!;
    if (at > listEnd) throw new Error('its list of files is cut short');
  }
  spans.starts.sort();
  spans.ends.sort(); // parts that do not overlap have their starts and ends in the same order
  for (let i = 1; i < count; i++)
    if (spans.starts[i]! < spans.ends[i - 1]!) throw new Error('two parts of it share the same bytes');
  return unpacked;
}

/** The numbers of an entry of more than 4 GiB, from its extra field. */
function longNumbers(extra: DataView, numbers: readonly number[]): number[] {
  for (let at = 0; at + 4 <= extra.byteLength; at += 4 + extra.getUint16(at + 2, true)) {
    if (extra.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    const end = Math.min(next + extra.getUint16(at + 2, true), extra.byteLength);
    return numbers.map(number => {
      if (number !== UNKNOWN) return number;
      if (next + 8 > end) throw new Error('its list of files is damaged');
      next += 8;
      return position(extra, next - 8);
    });
  }
  return [...numbers];
}

/** Reads short pieces of a file from buffered long ones. */
function windowOn(file: OpenFile, end: number): (at: number, length: number) => DataView {
  let start = 0;
  let bytes = new Uint8Array(0);
  return (at, length) => {
    if (at + length > end) throw new Error('its list of files is cut short');
    if (at < start || at + length > start + bytes.length) {
      start = at;
      bytes = file.read(at, Math.min(end, at + 2 ** 20));
    }
    return new DataView(bytes.buffer, at - start, length);
  };
}

const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

function position(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true));
  if (!Number.isSafeInteger(value)) throw new Error('its positions lie outside the file');
  return value;
}
