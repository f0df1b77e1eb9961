import type { TensorEntry, TensorFile } from '@dgprompt/io';
import { huggingFace, inTransformersBlock, type NameRow, openClip, timmVision } from './name-tables.js';
import { type NamedTensor, unwrapped } from './unwrap.js';

/** A parameter, as stored in a checkpoint. */
export interface Piece {
  /** One tensor, or several stacked into one matrix; zeros that a library leaves out have no file. */
  parts: Part[];
  /** Shape in OpenAI's layout. */
  shape: number[];
  /** Whether the file has the matrix transposed. */
  transposed: boolean;
}

/** A part that is a tensor of a file. */
interface StoredPart {
  file: TensorFile;
  name: string;
  entry: TensorEntry;
}

type Part = StoredPart | { zeros: number };

export const isStored = (part: Part): part is StoredPart => 'file' in part;

/** The library whose parameter names a checkpoint has. */
export type Naming = 'OpenAI' | 'Hugging Face';

/** The meaning of a name. */
interface Target {
  /** OpenAI's name, or ours for what OpenAI's models do not have. */
  name: string;
  /** Which third of the concatenated queries, keys and values it is. Default: all of them */
  third?: 0 | 1 | 2;
  /** Whether the library has the matrix as [out, in], and OpenAI as [in, out]. */
  turned?: boolean;
}

interface NamedPart extends StoredPart {
  target: Target;
}

/**
 * The parameters of one or several open files (shards) by their OpenAI names, whichever library wrote them: Hugging
 * Face transformers, OpenCLIP (with timm's towers), OpenAI.
 *
 * @returns also the tensors of the towers that match no parameter
 * @throws a sentence naming the file if two of its tensors are the same parameter, or the parts of one do not match
 */
export function parameterPieces(files: readonly TensorFile[]): {
  naming: Naming;
  pieces: Map<string, Piece>;
  unknown: NamedTensor[];
} {
  const all = unwrapped(files);
  const naming: Naming = all.some(({ plain }) => plain.startsWith('vision_model.')) ? 'Hugging Face' : 'OpenAI';
  const found = new Map<string, Map<number, NamedPart>>();
  const unknown: NamedTensor[] = [];
  for (const tensor of all) {
    const { file, name, plain, entry } = tensor;
    if (IDLE.test(plain)) continue;
    const target = naming === 'Hugging Face' ? fromHuggingFace(plain) : fromOpenClip(plain);
    if (!target) {
      unknown.push(tensor);
      continue;
    }
    const parts = found.get(target.name) ?? new Map();
    const place = target.third ?? 0;
    if (parts.has(place))
      throw new Error(`${file.path} has the parameter "${target.name}" twice, the second time as "${name}".`);
    found.set(target.name, parts.set(place, { file, name, entry, target }));
  }
  const pieces = new Map<string, Piece>();
  for (const [target, parts] of found) pieces.set(target, joined(parts));
  return { naming, pieces, unknown };
}

/** Tensors without effect: position numbers, masks, sizes, counters. */
const IDLE =
  /(^|\.)(position_ids|num_batches_tracked|attn_mask)$|^(input_resolution|context_length|vocab_size)$|\.rope\.(freqs|pos_embed|bands)\w*$/;

function fromHuggingFace(name: string): Target | undefined {
  const row = huggingFace.find(({ pattern }) => pattern.test(name));
  return row && target(name, row, inTransformersBlock);
}

function fromOpenClip(name: string): Target | undefined {
  const plain = name.replace(/^text\.(?=\w+)/, '');
  if (/^visual\.trunk\.(stem|stages|head\.norm)\./.test(plain)) return { name: plain }; // a ConvNeXt keeps its names
  const table = plain.startsWith('visual.trunk.') ? timmVision : openClip;
  const row = table.find(({ pattern }) => pattern.test(plain));
  if (row) return target(plain, row, []);
  return plain.startsWith('visual.trunk.') ? undefined : { name: plain };
}

function target(name: string, row: NameRow, inside: readonly NameRow[]): Target {
  let rows = [row];
  let path = name.replace(row.pattern, row.name);
  for (const inner of inside)
    if (inner.pattern.test(path)) {
      path = path.replace(inner.pattern, inner.name);
      rows = [...rows, inner];
    }
  const third = rows.find(one => one.third !== undefined)?.third;
  return { name: path, third, turned: rows.some(({ turned }) => turned) };
}

/** @param parts by their thirds, or one at 0 */
function joined(parts: ReadonlyMap<number, NamedPart>): Piece {
  const tensors = [...parts.values()];
  const { file, name, entry, target } = parts.get(Math.min(...parts.keys()))!;
  const shape = withoutOnes(target.name, entry.shape);
  const transposed = target.turned === true && shape.length === 2;
  if (target.third === undefined)
    return { parts: [{ file, name, entry }], shape: transposed ? [...shape].reverse() : shape, transposed };
  const rest = shape.slice(1);
  const rows = (stored: TensorEntry) => stored.shape[0]!;
  const width = Math.min(...tensors.map(part => rows(part.entry)));
  // Separate queries, keys and values; or keys and values together; or no bias of the keys, which has no effect.
  const laidOut: Part[] = [];
  let filled = 0;
  for (const third of [0, 1, 2] as const) {
    const part = parts.get(third);
    if (part) {
      laidOut.push({ file: part.file, name: part.name, entry: part.entry });
      filled += rows(part.entry) / width;
    } else if (filled <= third) {
      laidOut.push({ zeros: width });
      filled++;
    }
  }
  const isWhole =
    filled === 3 &&
    tensors.every(part => part.entry.shape.slice(1).join() === rest.join()) &&
    (laidOut.every(isStored) || (rest.length === 0 && parts.has(0) && parts.has(2)));
  if (!isWhole)
    throw new Error(`${file.path}: queries, keys and values beside "${name}" must be tensors of one shape.`);
  return { parts: laidOut, shape: [3 * width, ...rest], transposed: false };
}

/** Vectors and matrices that timm and SigLIP store with leading axes of size 1. */
function withoutOnes(name: string, shape: number[]): number[] {
  const axes = /^visual\.(class_embedding|attn_pool\.query)$/.test(name)
    ? 1
    : name === 'visual.positional_embedding'
      ? 2
      : 0;
  const excess = axes > 0 ? shape.length - axes : 0;
  return excess > 0 && shape.slice(0, excess).every(size => size === 1) ? shape.slice(excess) : shape;
}
