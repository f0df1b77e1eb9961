import { parseJson, repeatedKey } from '../parse-json.js';
import { printable } from '../printable.js';
import { type OpenFile, openFile } from '../runtime/open-file.js';
import { ELEMENT_TYPES } from './element-types.js';
import { type TensorEntry, type TensorFile, tensorReader } from './tensor-file.js';

/** An open `.safetensors` file. */
export interface SafetensorsFile extends TensorFile {
  metadata: Record<string, string>;
}

/**
 * Opens a `.safetensors` file and checks its whole header: lengths, offsets, types, and that the tensors fill the file
 * without gaps or overlaps. Values are read one tensor at a time.
 *
 * @throws one sentence naming the file and the invalid tensor
 *
 * @example
 * ```ts
 * import { openSafetensors } from '@dgprompt/io';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const file = openSafetensors(`${miniClip}/model.safetensors`);
 * console.log(file.read('logit_scale').length); // 1
 * file.close();
 * ```
 */
export function openSafetensors(path: string): SafetensorsFile {
  const file = openFile(path);
  try {
    const { tensors, metadata } = readHeader(file);
    return { ...tensorReader(file, tensors), metadata };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The format's limit, in bytes. */
const LARGEST_HEADER = 100_000_000;
/** A tensor is about ten values, so this allows half a million tensors. */
const HEADER_BUDGET = { depth: 8, values: 5_000_000 };
const MOST_AXES = 64;

function readHeader({ path, size, read }: OpenFile) {
  if (size < 8) throw new Error(`${path} is not a safetensors file: it has ${size} bytes.`);
  const length = Number(new BigUint64Array(read(0, 8).buffer)[0]);
  if (length > size - 8) {
    const shown = length < 100_000_000 ? 'it is cut short inside its header' : 'it does not start with a header length';
    throw new Error(`${path} is not a whole safetensors file: ${shown}.`);
  }
  if (length > LARGEST_HEADER) throw new Error(`${path} is not a safetensors file: its header has ${length} bytes.`);
  const text = new TextDecoder().decode(read(8, 8 + length));
  let header: unknown;
  try {
    header = parseJson(text, HEADER_BUDGET);
  } catch (cause) {
    const why = (cause as Error).message.startsWith('it is not JSON') ? 'is not JSON' : (cause as Error).message;
    throw new Error(`${path} is not a safetensors file: its header ${why.replace(/^it /, '')}.`, { cause });
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header))
    throw new Error(`${path} is not a safetensors file: its header is not an object.`);
  const twice = repeatedKey(text);
  if (twice !== undefined) throw new Error(`${path} has the tensor ${quoted(twice)} twice.`);
  const { __metadata__: metadata = {}, ...entries } = header as Record<string, unknown>;
  if (typeof metadata !== 'object' || metadata === null || !Object.values(metadata).every(x => typeof x === 'string'))
    throw new Error(`${path} is not a safetensors file: its metadata values are not strings.`);
  const tensors = new Map<string, TensorEntry>();
  for (const [name, entry] of Object.entries(entries)) tensors.set(name, checkEntry(path, name, entry, 8 + length));
  checkCoverage(path, tensors, 8 + length, size);
  return { tensors, metadata: metadata as Record<string, string> };
}

function checkEntry(path: string, name: string, entry: unknown, dataStart: number): TensorEntry {
  const { dtype, shape, data_offsets: offsets } = (entry ?? {}) as Record<string, unknown>;
  const whole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (typeof dtype !== 'string' || !Object.hasOwn(ELEMENT_TYPES, dtype))
    throw new Error(`${path}: tensor ${quoted(name)} has the type ${quoted(dtype)}, which cannot be read.`);
  if (!Array.isArray(shape) || shape.length > MOST_AXES || !shape.every(whole))
    throw new Error(`${path}: tensor ${quoted(name)} has the shape ${quoted(shape)}.`);
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole) || offsets[0]! > offsets[1]!)
    throw new Error(`${path}: tensor ${quoted(name)} has the offsets ${quoted(offsets)}.`);
  const [start, end] = offsets as [number, number];
  const bytes = shape.reduce((product, n) => product * n, ELEMENT_TYPES[dtype]!.bytes);
  if (end - start !== bytes)
    throw new Error(`${path}: tensor ${quoted(name)} takes ${end - start} bytes; ${dtype} [${shape}] needs ${bytes}.`);
  return { dtype, shape, start: dataStart + start, end: dataStart + end };
}

function checkCoverage(path: string, tensors: Map<string, TensorEntry>, dataStart: number, size: number): void {
  let covered = dataStart;
  for (const [name, { start, end }] of [...tensors].sort((a, b) => a[1].start - b[1].start || a[1].end - b[1].end)) {
    if (start !== covered)
      throw new Error(
        `${path}: tensor ${quoted(name)} ${start < covered ? 'overlaps the one before it' : 'follows a gap'}.`,
      );
    if (end > size)
      throw new Error(`${path} is cut short: tensor ${quoted(name)} ends at byte ${end}, the file at ${size}.`);
    covered = end;
  }
  if (covered !== size) throw new Error(`${path} has ${size - covered} bytes after its last tensor.`);
}

/** A header value for a sentence: at most a line long, and without anything that a terminal obeys. */
const quoted = (value: unknown): string => (value === undefined ? 'none' : printable(JSON.stringify(value), 200));
