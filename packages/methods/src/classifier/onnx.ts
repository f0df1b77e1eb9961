import type { Item } from '@dgprompt/datasets';
import { type NamedTensors, openModel, type Precision } from '@dgprompt/engine/portable';
import { decode, evalPixels, type Preparation } from '@dgprompt/images';
import {
  checkWritable,
  folderFor,
  folderOf,
  lockFile,
  type OnProgress,
  openFile,
  pathExists,
  resolvePath,
  writeFileAtomic,
} from '@dgprompt/io';
import { classify } from '../evaluation/classify.js';
import { largest, probabilities } from '../evaluation/probabilities.js';
import { checkItems } from '../learner/items.js';
import type { Method } from '../learner/types.js';
import { type ModelInput, portableClassifier } from './portable.js';

export interface ExportOptions {
  /** The file to write. */
  file: string;
  /** How weights are stored; computation stays in float32. Default: fp32 */
  precision?: Precision;
  /** The model's input. Default: image */
  input?: ModelInput;
  /** Labelled images on which the file is compared with `predict`. */
  check?: readonly Item[];
  signal?: AbortSignal;
  /** Progress over the images of the comparison. */
  onProgress?: OnProgress;
}

/** An exported file, and its comparison with the classifier. */
export interface Exported {
  file: string;
  bytes: number;
  check?: {
    images: number;
    /** Top-1 of the file and of `predict`, in percent. */
    top1: number;
    predictTop1: number;
    /** Largest difference between a probability and `predict`'s. */
    difference: number;
  };
}

/**
 * Writes a classifier as one ONNX file for any ONNX Runtime. Its input is `image` (uint8 [height, width, 3]) or
 * `pixels` (float32 [1, 3, R, R]); its outputs are `probabilities` (float32 [1, C]) and `labels` (string [C]). Class
 * names, normalisation and version are in its metadata. In float32 its probabilities match `predict`'s to 1e-4.
 *
 * @throws one sentence if the file is not writable, or the backend is not `onnxruntime`; the signal's reason when
 *   aborted
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadClip } from '@dgprompt/clip';
 * import { coop } from '@dgprompt/methods';
 * import { exportModel } from '@dgprompt/methods/classifier';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = coop(await loadClip(miniClip), ['sun', 'moon']);
 * const file = join(mkdtempSync(join(tmpdir(), 'x-')), 'sky.onnx');
 * console.log((await exportModel(method, { file })).bytes > 100_000); // true
 * ```
 */
export const exportModel = (method: Method, options: ExportOptions): Promise<Exported> =>
  lockFile(options.file, () => exportAlone(method, options), { doing: 'export' });

async function exportAlone(method: Method, options: ExportOptions): Promise<Exported> {
  const { file, precision = 'fp32', input = 'image', check = [] } = options;
  if (check.length > 0) checkItems(method, check);
  await folderFor(file);
  await checkReplaceable(file);
  const model = await portableClassifier(method, { input, precision });
  const checked = check.length > 0 ? await compared(method, model, input, check, options) : undefined;
  await writeFileAtomic(file, model);
  return { file, bytes: model.length, ...(checked && { check: checked }) };
}

async function compared(
  method: Method,
  model: Uint8Array,
  input: ModelInput,
  items: readonly Item[],
  { signal, onProgress }: ExportOptions,
): Promise<NonNullable<Exported['check']>> {
  const opened = await openModel(model);
  let done = 0;
  let correct = 0;
  let before = 0;
  let difference = 0;
  try {
    const paths = items.map(({ path }) => path);
    for await (const { image: path, ...one } of classify(method, paths, { signal })) {
      if (one.error) throw one.error;
      const { label } = items[done]!;
      const scores = await opened.run(await fed(path, input, method.clip.preparation), 'probabilities');
      const own = probabilities(one.logits);
      own.forEach((score, i) => {
        difference = Math.max(difference, Math.abs(scores[i]! - score));
      });
      if (largest(scores) === label) correct++;
      if (largest(own) === label) before++;
      onProgress?.({ phase: 'images', done: ++done, total: items.length });
    }
  } finally {
    await opened.dispose();
  }
  const percent = (count: number) => (100 * count) / items.length;
  return { images: items.length, top1: percent(correct), predictTop1: percent(before), difference };
}

async function fed(path: string, input: ModelInput, preparation: Preparation): Promise<NamedTensors> {
  const { size } = preparation;
  if (input === 'pixels') return { pixels: { data: await evalPixels(path, preparation), shape: [1, 3, size, size] } };
  const { data, width, height } = await decode(path);
  return { image: { data, shape: [height, width, 3] } };
}

/** First byte of every ONNX file: the tag of its format version. */
const ONNX = 0x08;

/** @throws one sentence if the file exists and no export wrote it, or its folder is not writable */
async function checkReplaceable(file: string): Promise<void> {
  await checkWritable(folderOf(resolvePath(file)));
  if (!(await pathExists(file))) return;
  const there = openFile(file);
  try {
    if (there.size > 0 && there.read(0, 1)[0] !== ONNX)
      throw new Error(`${file} already exists and is not a classifier; give another path, or delete it.`);
  } finally {
    there.close();
  }
}
