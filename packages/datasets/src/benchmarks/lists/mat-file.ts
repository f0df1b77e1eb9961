import { promisify } from 'node:util';
import { inflate } from 'node:zlib';
import { readPlainFile } from '@dgprompt/io';

/**
 * A value of a MATLAB file: numbers (column by column), text, the values of a cell array, or the elements of a struct
 * array. Arrays stay arrays when they have one element.
 */
export type MatValue = number[] | string | MatValue[] | MatStruct[];
/** An element of a struct array, by field. */
export type MatStruct = { [field: string]: MatValue };

/*
 * Written against MathWorks' public description of Level 5 MAT-files. The one npm package that reads them is under the
 * GPL, which an MIT package cannot depend on; the contents of datasets' label files (numbers, text, cells, structs) fit
 * into this file.
 */
const compressed = 15;
const matrix = 14;
const kinds = { cell: 1, struct: 2, char: 4, firstNumeric: 6, lastNumeric: 15 } as const;
const unzip = promisify(inflate);

/** Label files take a few megabytes; one that needs more was made to exhaust the memory. */
const largest = { file: 256 * 2 ** 20, unpacked: 512 * 2 ** 20, values: 20_000_000, depth: 50 };

/** What one file may still unpack to. */
interface Budget {
  bytes: number;
  values: number;
  little: boolean;
}

/**
 * Reads a Level 5 MAT-file, compressed or not: its variables by name. Kinds that label files do not use (objects,
 * sparse arrays, function handles) are skipped.
 *
 * @throws a sentence naming the file if it is not such a file or is truncated
 */
export async function readMatFile(file: string): Promise<Record<string, MatValue>> {
  const bytes = Buffer.from((await readPlainFile(file, largest.file)).buffer);
  if (bytes.toString('latin1', 0, 10) === 'MATLAB 7.3') {
    throw new Error(`${file} is a MATLAB 7.3 file (HDF5); save it again with MATLAB's save(…, '-v7').`);
  }
  const order = bytes.toString('latin1', 126, 128);
  if (bytes.length < 128 || (order !== 'IM' && order !== 'MI')) throw new Error(`${file} is not a MATLAB file.`);
  const budget: Budget = { bytes: largest.unpacked, values: largest.values, little: order === 'IM' };
  const variables: Record<string, MatValue> = Object.create(null);
  try {
    for (let reader = elements(bytes.subarray(128), budget.little); reader.more(); ) {
      let element = reader.next();
      if (element.type === compressed) {
        const inside = await unzip(element.data, { maxOutputLength: Math.max(1, budget.bytes) });
        budget.bytes -= inside.length;
        element = elements(inside, budget.little).next();
      }
      if (element.type !== matrix) continue;
      const { name, value } = readArray(element.data, budget, 0);
      if (value !== undefined) variables[name] = value;
    }
  } catch (cause) {
    if (cause instanceof TooMuch || (cause as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
      throw new Error(`${file} holds more than any file of labels does; is it the right one?`, { cause });
    throw new Error(`${file} is cut short or damaged; download it again.`, { cause });
  }
  return variables;
}

class TooMuch extends Error {}

function spend(budget: Budget, values: number): void {
  budget.values -= values;
  if (!(budget.values >= 0)) throw new TooMuch();
}

interface Element {
  type: number;
  data: Buffer;
}

/** The data elements in a stretch of bytes, one after the other. */
function elements(bytes: Buffer, little: boolean) {
  let at = 0;
  const word = (offset: number) => (little ? bytes.readUInt32LE(offset) : bytes.readUInt32BE(offset));
  return {
    more: () => at + 8 <= bytes.length,
    next(): Element {
      const first = word(at);
      const small = first >>> 16; // up to four bytes of data are in the tag itself
      const [type, size, start] = small > 0 ? [first & 0xffff, small, at + 4] : [first, word(at + 4), at + 8];
      if (start + size > bytes.length) throw new Error('An element ends after the file.');
      at = small > 0 ? at + 8 : start + (type === compressed ? size : Math.ceil(size / 8) * 8);
      return { type, data: bytes.subarray(start, start + size) };
    },
  };
}

function readArray(bytes: Buffer, budget: Budget, depth: number): { name: string; value: MatValue | undefined } {
  const { little } = budget;
  spend(budget, 1);
  if (depth > largest.depth) throw new TooMuch();
  if (bytes.length === 0) return { name: '', value: [] };
  const parts = elements(bytes, little);
  const [flags = 0] = numbers(parts.next(), little);
  const dims = numbers(parts.next(), little);
  const name = parts.next().data.toString('latin1');
  const count = dims.reduce((product, size) => product * size, 1);
  const kind = flags & 0xff;
  const inner = () => readArray(parts.next().data, budget, depth + 1).value ?? [];
  const repeat = <T>(make: () => T): T[] => {
    spend(budget, count); // an element without fields takes no bytes
    const list: T[] = [];
    for (let i = 0; i < count; i++) list.push(make());
    return list;
  };
  if (kind === kinds.cell) return { name, value: repeat(inner) };
  if (kind === kinds.struct) {
    const [length = 1] = numbers(parts.next(), little);
    const packed = parts.next().data.toString('latin1');
    if (!(length >= 1)) throw new Error('The names of its fields have no length.');
    const fields = Array.from({ length: packed.length / length }, (_, i) =>
      packed.slice(i * length, (i + 1) * length).replace(/\0.*$/s, ''),
    );
    return { name, value: repeat(() => Object.fromEntries(fields.map(field => [field, inner()]))) };
  }
  if (kind === kinds.char) return { name, value: count === 0 ? '' : text(parts.next(), budget) };
  if (kind >= kinds.firstNumeric && kind <= kinds.lastNumeric) {
    if (count === 0) return { name, value: [] };
    const element = parts.next();
    spend(budget, element.data.length);
    return { name, value: numbers(element, little) };
  }
  return { name, value: undefined };
}

/** How one number is stored, by the element's type: bytes and reader. */
const stored: Record<number, [number, (view: DataView, at: number, little: boolean) => number]> = {
  1: [1, (view, at) => view.getInt8(at)],
  2: [1, (view, at) => view.getUint8(at)],
  3: [2, (view, at, little) => view.getInt16(at, little)],
  4: [2, (view, at, little) => view.getUint16(at, little)],
  5: [4, (view, at, little) => view.getInt32(at, little)],
  6: [4, (view, at, little) => view.getUint32(at, little)],
  7: [4, (view, at, little) => view.getFloat32(at, little)],
  9: [8, (view, at, little) => view.getFloat64(at, little)],
  12: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  13: [8, (view, at, little) => Number(view.getBigUint64(at, little))],
};

function numbers({ type, data }: Element, little: boolean): number[] {
  const form = stored[type];
  if (!form) throw new Error(`Numbers of type ${type} are unknown.`);
  const [size, read] = form;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  return Array.from({ length: data.length / size }, (_, i) => read(view, i * size, little));
}

const utf8 = 16;

function text(element: Element, budget: Budget): string {
  spend(budget, element.data.length);
  if (element.type === utf8) return element.data.toString('utf8');
  // UTF-16 and UTF-32 have their own types, older files store characters as plain numbers.
  const type = element.type === 17 ? 4 : element.type === 18 ? 6 : element.type;
  const codes = numbers({ type, data: element.data }, budget.little);
  let out = '';
  for (let at = 0; at < codes.length; at += 8192) out += String.fromCodePoint(...codes.slice(at, at + 8192));
  return out;
}
