import { type OpenFile, openFile, printable, type TensorEntry, type TensorFile, tensorReader } from '@dgprompt/io';
import { openArchive } from './archive.js';
import type { Container } from './container.js';
import { flatten } from './flatten.js';
import { openStream } from './stream.js';
import type { TorchTensor } from './tensor.js';

/** A file written by `torch.save` or `torch.jit.save`, read as data: no code in it is ever run. */
export interface TorchFile extends TensorFile {
  /** Whether it is a TorchScript, as OpenAI published CLIP; otherwise a saved dictionary. */
  script: boolean;
  /** Plain values by name: `epoch`, `scheduler.last_epoch`, … */
  values: Map<string, string | number | boolean>;
}

/** The first bytes of a zip archive. */
const ZIP = Uint8Array.of(0x50, 0x4b, 0x03, 0x04);

/** Whether the first bytes of a file (16 suffice) are those of a PyTorch file: a zip archive, or a pickle. */
export function looksLikeTorch(bytes: Uint8Array): boolean {
  return isZip(bytes) || (bytes[0] === 0x80 && bytes[1]! >= 2 && bytes[1]! <= 5);
}

/**
 * Opens a PyTorch file (`.pt`, `.pth`, `.bin`, `model.pth.tar-50`) of any version: a TorchScript, a state dict, any
 * dictionary with tensors, or a whole module.
 *
 * Its pickle is parsed as data and never executed. Objects other than tensors, dictionaries and plain values are
 * skipped; functions that run programs or change files are rejected.
 *
 * Names are joined with dots: `visual.conv1.weight`, and in a checkpoint of a published prompt learner
 * `state_dict.prompt_learner.ctx`. Tensors are read one at a time.
 *
 * @throws one sentence naming the file if it is truncated or damaged, names something that only an attack needs, or
 *   contains only skipped objects
 *
 * @example
 * ```ts
 * import { openTorch } from '@dgprompt/clip/checkpoint';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const path = `${miniClip}/model.safetensors`;
 * console.log(await openTorch(path).catch(error => error.message));
 * // …model.safetensors cannot be read as a PyTorch file: …
 * ```
 */
export async function openTorch(path: string): Promise<TorchFile> {
  const file = openFile(path);
  let container: Container | undefined;
  try {
    container = await openContainer(file);
    const { tensors: found, values, leftOut } = flatten(container.value);
    if (found.size === 0 && leftOut !== undefined)
      throw new Error(
        `it has no tensors, but ${printable(JSON.stringify(leftOut))}; save the model's state_dict() in its place`,
      );
    const tensors = new Map<string, TensorEntry>();
    for (const [name, tensor] of found) tensors.set(name, entryOf(tensor, await container.start(tensor.storage)));
    return { ...tensorReader(file, tensors), script: container.script, values };
  } catch (cause) {
    file.close();
    throw new Error(`${path} cannot be read as a PyTorch file: ${reason(cause)}.`, { cause });
  } finally {
    container?.close();
  }
}

async function openContainer(file: OpenFile): Promise<Container> {
  const first = file.read(0, Math.min(16, file.size));
  if (isZip(first)) return openArchive(file.path);
  if (looksLikeTorch(first)) return openStream(file);
  throw new Error('it is not one');
}

function entryOf({ storage, dtype, offset, shape, strides }: TorchTensor, start: number): TensorEntry {
  const { bytes } = storage.type;
  const count = shape.reduce((product, n) => product * n, 1);
  const rows = rowStrides(shape);
  const inOrder = shape.every((n, axis) => n === 1 || strides[axis] === rows[axis]);
  const reach = inOrder || count === 0 ? count : shape.reduce((at, n, axis) => at + (n - 1) * strides[axis]!, 1);
  const from = start + offset * bytes;
  const entry: TensorEntry = { dtype, shape, start: from, end: from + reach * bytes };
  if (!inOrder && count > 0) entry.strides = strides;
  return entry;
}

function rowStrides(shape: readonly number[]): number[] {
  const strides = shape.map(() => 1);
  for (let axis = shape.length - 2; axis >= 0; axis--) strides[axis] = strides[axis + 1]! * shape[axis + 1]!;
  return strides;
}

const isZip = (bytes: Uint8Array): boolean => ZIP.every((byte, i) => bytes[i] === byte);

function reason(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).split('\n')[0]!.replace(/\.$/, '');
}
