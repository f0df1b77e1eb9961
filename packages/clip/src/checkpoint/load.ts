import { type StoredType, storedFile, storedTensor } from '@dgprompt/engine/weights';
import { baseName, folderOf, joinPath, resolvePath, sha256Hex, type TensorFile } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { type Clip, createClip } from '../clip.js';
import type { Activation, ClipConfig } from '../config.js';
import { cachedSnapshot, isHubId } from '../hub/cache.js';
import { type PullOptions, pullModel } from '../hub/pull.js';
import { exists, pathKind, realPath } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { type ClipTokenizer, tokenizerFromJson } from '../text/tokenizer.js';
import { clipVocabulary } from '../text/vocabulary.js';
import { interpolatePositions } from '../towers/positions.js';
import type { Parameter } from '../weights/parameter.js';
import { mapParameters } from '../weights/parameters.js';
import { type ClipWeights, transpose } from '../weights/weights.js';
import { assumption, warnOnce } from './assumptions.js';
import { checkpointConfig } from './config.js';
import { checkFinite, contentHash, openTensorFile, weightFiles } from './files.js';
import { clipId, tokenizerId } from './identity.js';
import { type Piece, parameterPieces } from './names.js';
import { checkPreparation } from './preparation.js';
import { configFromShapes } from './shapes.js';

export interface LoadOptions extends PullOptions {
  /**
   * Side R of the images in pixels; defaults to the checkpoint's. For another size, position embeddings are
   * interpolated.
   */
  imageSize?: number;
  /** The activation of a checkpoint without a config; defaults to QuickGELU, as in OpenAI's checkpoints. */
  activation?: Activation;
  /** Defaults to the checkpoint's `tokenizer.json`, then to CLIP's vocabulary. */
  tokenizer?: ClipTokenizer;
}

/** Tokens of the vocabulary that all published CLIPs share. */
const PUBLISHED_VOCABULARY = 49408;

/** Types that ONNX Runtime reads from the file. */
const IN_PLACE: Record<string, StoredType> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Loads a frozen CLIP: `.safetensors` files of Hugging Face and OpenCLIP (also sharded, with an index), and PyTorch
 * files of OpenAI (TorchScript or state dict), with the parameter names of any of them; float32, float16 and bfloat16;
 * ViT and ModifiedResNet. The format is recognised by content. Sizes come from the weights; heads and activation from
 * the config beside them, or else OpenAI's are assumed, which `notes` and a warning say.
 *
 * On the backend `onnxruntime`, large weights stay in the file and ONNX Runtime reads them from there, so the file must
 * not change.
 *
 * @param source a folder, a file, or the id of a model on the hub (`openai/clip-vit-base-patch16`), which is downloaded
 *   into the shared cache if necessary
 * @throws one sentence naming the file, and the tensor if it concerns one, if anything is missing, damaged or
 *   unsupported
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { useDevice } from '@dgprompt/engine';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * await useDevice();
 * const clip = await loadClip(miniClip);
 * console.log(clip.imageSize, clip.text(['cat', 'dog']).shape); // 48 [ 2, 128 ]
 * clip.dispose();
 * ```
 */
export async function loadClip(source: string, options: LoadOptions = {}): Promise<Clip> {
  const onHub = !exists(source) && isHubId(source);
  const paths = weightFiles(onHub ? (cachedSnapshot(source, options) ?? (await pullModel(source, options))) : source);
  const folder = folderOf(paths[0]!);
  const files: TensorFile[] = [];
  try {
    for (const path of paths) files.push(await openTensorFile(path));
    const { naming, pieces } = parameterPieces(files);
    const beside = checkpointConfig(folder, naming);
    checkPreparation(folder);
    const given = { ...beside, activation: options.activation ?? beside.activation };
    const shown = paths.length === 1 ? paths[0]! : folder;
    const config = configFromShapes(shown, pieces, given);
    const { tokenizer, named } = options.tokenizer
      ? { tokenizer: options.tokenizer, named: tokenizerId(options.tokenizer) }
      : await tokenizerOf(folder, shown, config);
    const used = usedTensors(shown, config, pieces);
    for (const file of files) checkFinite(file, used.get(file) ?? []);
    checkLogitScale(pieces.get('logit_scale')!);
    const hash = await contentHash(paths);
    const assumed = assumption(shown, given, config, hash);
    if (assumed) warnOnce(assumed);
    const resized = withImageSize(config, options.imageSize);
    const weights = readWeights(config, resized, pieces);
    return createClip({
      ...{ config: resized, weights, tokenizer, source: onHub ? source : resolvePath(source) },
      id: clipId(hash, { config, tokenizer: named }),
      notes: assumed ? [assumed] : [],
    });
  } finally {
    for (const file of files) file.close();
  }
}

function withImageSize(config: ClipConfig, imageSize = config.vision.imageSize): ClipConfig {
  const { patchSize } = config.vision;
  if (!Number.isInteger(imageSize) || imageSize < patchSize || imageSize % patchSize !== 0)
    throw new Error(`imageSize is ${imageSize}; for this CLIP it must be a multiple of ${patchSize}, its patch size.`);
  return { ...config, vision: { ...config.vision, imageSize } };
}

/** Checks the shape of every parameter. @returns the tensors to read from each file */
function usedTensors(shown: string, config: ClipConfig, pieces: ReadonlyMap<string, Piece>): Map<TensorFile, string[]> {
  const used = new Map<TensorFile, string[]>();
  mapParameters(config, ({ name, stored }) => {
    const piece = pieces.get(name);
    if (!piece) throw new Error(`${shown} has no tensor "${name}", under this or another library's name.`);
    const { shape, parts } = piece;
    const scalar = stored.length === 0 && shape.every(size => size === 1); // some files keep the logit scale as [1]
    if (!scalar && shape.join() !== stored.join())
      throw new Error(
        `${parts[0]!.file.path}: tensor ${JSON.stringify(parts[0]!.name)} has the shape [${shape}]; this CLIP needs [${stored}].`,
      );
    for (const { file, name } of parts) used.set(file, [...(used.get(file) ?? []), name]);
  });
  return used;
}

/** Cosines times more than this are no logits of a CLIP; OpenAI limits the factor to 100. */
const largestScale = 1000;

/** @throws a sentence if the factor of the logits is none that a CLIP can have learned */
function checkLogitScale({ parts }: Piece): void {
  const { file, name } = parts[0]!;
  const [value] = file.read(name);
  const scale = Math.exp(value!);
  if (!(scale <= largestScale && scale >= 1 / largestScale))
    throw new Error(
      `${file.path}: ${JSON.stringify(name)} is ${value}, so that logits would be cosines times ${scale}; it must be the logarithm of a factor of at most ${largestScale}.`,
    );
}

function readWeights(config: ClipConfig, resized: ClipConfig, pieces: ReadonlyMap<string, Piece>): ClipWeights {
  const made: tf.Tensor[] = [];
  const realFiles = new Map<TensorFile, ReturnType<typeof storedFile>>();
  const realFile = (file: TensorFile) => {
    if (!realFiles.has(file)) realFiles.set(file, storedFile(realPath(file.path)!));
    return realFiles.get(file)!;
  };
  const grid = (of: ClipConfig) => of.vision.imageSize / of.vision.patchSize;
  const keep = (tensor: tf.Tensor) => {
    made.push(tensor);
    return tensor;
  };
  try {
    return mapParameters(config, parameter => {
      const piece = pieces.get(parameter.name)!;
      if (/^visual\.(attnpool\.)?positional_embedding$/.test(parameter.name) && grid(config) !== grid(resized)) {
        const values = interpolatePositions(readValues(piece, parameter), grid(config), grid(resized));
        return keep(tf.tensor(values, [1 + grid(resized) ** 2, parameter.shape[1]!]));
      }
      const inPlace = piece.parts.every(({ entry }) => IN_PLACE[entry.dtype] && !entry.strides);
      if (!inPlace) return keep(tf.tensor(readValues(piece, parameter), parameter.shape, 'float32'));
      const parts = piece.parts.map(({ file, entry: { dtype, start, shape } }) => ({
        file: realFile(file),
        offset: start,
        type: IN_PLACE[dtype]!,
        size: shape.reduce((product, n) => product * n, 1),
      }));
      return keep(storedTensor(parts, parameter.shape, { transposed: parameter.transposed !== piece.transposed }));
    });
  } catch (error) {
    tf.dispose(made);
    throw error;
  }
}

function readValues({ parts, transposed }: Piece, parameter: Parameter): Float32Array {
  const read = parts.map(({ file, name }) => file.read(name));
  const values = new Float32Array(read.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of read) {
    values.set(part, at);
    at += part.length;
  }
  return parameter.transposed !== transposed ? transpose(values, values.length / parameter.shape[0]!) : values;
}

/** The tokenizer, and what identifies it. */
async function tokenizerOf(
  folder: string,
  shown: string,
  config: ClipConfig,
): Promise<{ tokenizer: ClipTokenizer; named: string }> {
  const { vocabSize } = config.text;
  const path = joinPath(folder, 'tokenizer.json');
  if (pathKind(path) === 'file') {
    const json = readJson(path);
    const tokenizer = tokenizerFromJson(json, path);
    if (tokenizer.end < vocabSize) return { tokenizer, named: sha256Hex(JSON.stringify(json)) };
    throw new Error(
      `${shown} has embeddings for ${vocabSize} tokens, but its tokenizer's end token is ${tokenizer.end}.`,
    );
  }
  if (vocabSize === PUBLISHED_VOCABULARY) return { tokenizer: await clipVocabulary(), named: 'clip' };
  const tokenizer: ClipTokenizer = {
    start: vocabSize - 2,
    end: vocabSize - 1,
    encode() {
      throw new Error(
        `${baseName(shown)} has ${vocabSize} tokens, which is not CLIP's vocabulary, and "${folder}" has no tokenizer.json; add one to encode text.`,
      );
    },
  };
  return { tokenizer, named: 'none' };
}
