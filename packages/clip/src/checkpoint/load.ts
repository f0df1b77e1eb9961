import { type StoredType, storedFile, storedTensor } from '@dgprompt/engine/weights';
import { folderOf, resolvePath, type TensorFile } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { type Clip, createClip } from '../clip.js';
import { type Activation, type ClipConfig, classTokens, readsPadding } from '../config.js';
import { cachedSnapshot, isHubId, missingSettings } from '../hub/cache.js';
import { type PullOptions, pullModel } from '../hub/pull.js';
import { exists, realPath } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import type { ClipTokenizer } from '../text/tokenizer.js';
import { interpolatePositions } from '../towers/positions.js';
import type { Parameter } from '../weights/parameter.js';
import { mapParameters } from '../weights/parameters.js';
import { type ClipWeights, transpose } from '../weights/weights.js';
import { assumption, warnOnce } from './assumptions.js';
import { checkpointConfig, configOf } from './config.js';
import { checkFinite, contentHash, openTensorFile, weightFiles } from './files.js';
import { clipId, tokenizerId } from './identity.js';
import { isStored, type Piece, parameterPieces } from './names.js';
import { checkpointPreparation } from './preparation.js';
import type { Json } from './settings.js';
import { configFromShapes, usualOf, usualPreparation } from './shapes.js';
import { checkpointTokenizer } from './tokenizer.js';
import type { NamedTensor } from './unwrap.js';

export interface LoadOptions extends PullOptions {
  /**
   * Side R of the images in pixels; defaults to the checkpoint's. For another size, position embeddings are
   * interpolated.
   */
  imageSize?: number;
  /** The activation of a checkpoint without a config; defaults to QuickGELU, as in OpenAI's checkpoints. */
  activation?: Activation;
  /**
   * Replaces the config next to the weights: the contents of an `open_clip_config.json`, of a `config.json` of
   * transformers, or a part of a `ClipConfig`; or the path of such a file.
   */
  config?: object | string;
  /** Defaults to the checkpoint's `tokenizer.json`, then to CLIP's vocabulary. */
  tokenizer?: ClipTokenizer;
}

/** Types that ONNX Runtime reads from the file. */
const IN_PLACE: Record<string, StoredType> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Loads a frozen CLIP written by Hugging Face, OpenCLIP, OpenAI or a training program: `.safetensors` and PyTorch
 * files, also sharded, in any float type. Families: OpenAI's CLIP and those that share its layers (OpenCLIP, MetaCLIP,
 * MetaCLIP 2, DFN, CLIPA), SigLIP and SigLIP 2, EVA-CLIP and EVA-02, ConvNeXt and ModifiedResNet. The format is
 * recognised by content. Sizes come from the weights; anything that they do not show comes from the config next to
 * them, or is assumed and reported in `notes` and a warning. An unknown setting or tensor is an error.
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
    const { naming, pieces, unknown } = parameterPieces(files);
    const asked = options.config ? givenConfig(options.config) : undefined;
    const beside = asked ? configOf(...asked) : checkpointConfig(folder, naming);
    const given = { ...beside, activation: options.activation ?? beside.activation };
    const shown = paths.length === 1 ? paths[0]! : folder;
    const config = configFromShapes(shown, pieces, given);
    const { tokenizer, named } = options.tokenizer
      ? { tokenizer: options.tokenizer, named: tokenizerId(options.tokenizer) }
      : await checkpointTokenizer(folder, shown, config);
    const used = usedTensors(shown, config, pieces);
    checkUnused(shown, pieces, used, unknown);
    for (const file of files) checkFinite(file, used.get(file) ?? []);
    checkLogitScale(pieces.get('logit_scale')!);
    const hash = await contentHash(paths);
    const padded = withPadding(config, tokenizer);
    const resized = withImageSize(padded, options.imageSize);
    const itsOwn = checkpointPreparation(folder, resized.vision.imageSize, asked);
    const preparation = itsOwn ?? usualPreparation(pieces);
    const assumed = assumption(shown, given, config, hash, { ...usualOf(pieces), preparation: itsOwn === undefined });
    const notes = [...(assumed ? [assumed] : []), ...(onHub ? incomplete(source, folder) : [])];
    notes.forEach(warnOnce);
    const weights = readWeights(padded, resized, pieces);
    return createClip({
      ...{ config: resized, weights, tokenizer, preparation, source: onHub ? source : resolvePath(source) },
      ...(asked && { givenConfig: asked[1] }),
      id: clipId(hash, {
        config: padded,
        preparation: { size: resized.vision.imageSize, ...preparation },
        tokenizer: named,
      }),
      notes,
    });
  } finally {
    for (const file of files) file.close();
  }
}

/** What may be wrong with a copy in the cache that another program downloaded. */
function incomplete(id: string, snapshot: string): string[] {
  const missing = missingSettings(snapshot);
  if (missing.length === 0) return [];
  return [
    `The copy of ${id} in the cache has no ${missing.join(' and no ')}, because another program downloaded only a part: images or texts may be prepared in another way than the model needs. Run dgprompt models pull ${id} to complete it.`,
  ];
}

/** The name of a given config in errors, and its contents. */
function givenConfig(config: object | string): [name: string, config: Json] {
  return typeof config === 'string' ? [config, readJson(config)] : ['The given config', config as Json];
}

function withImageSize(config: ClipConfig, imageSize = config.vision.imageSize): ClipConfig {
  const { patchSize } = config.vision;
  if (!Number.isInteger(imageSize) || imageSize < patchSize || imageSize % patchSize !== 0)
    throw new Error(`imageSize is ${imageSize}; for this CLIP it must be a multiple of ${patchSize}, its patch size.`);
  return { ...config, vision: { ...config.vision, imageSize } };
}

/** The id that rows are padded with, if padding is read: the config's, or else the tokenizer's. */
function withPadding(config: ClipConfig, { pad }: ClipTokenizer): ClipConfig {
  const isMissing = readsPadding(config.text) && config.text.padToken === undefined;
  return isMissing && pad ? { ...config, text: { ...config.text, padToken: pad } } : config;
}

/** Checks the shape of every parameter. @returns the tensors to read from each file */
function usedTensors(shown: string, config: ClipConfig, pieces: ReadonlyMap<string, Piece>): Map<TensorFile, string[]> {
  const used = new Map<TensorFile, string[]>();
  mapParameters(config, ({ name, stored }) => {
    const piece = pieces.get(name);
    if (!piece) throw new Error(`${shown} has no tensor "${name}", under this or another library's name.`);
    const { shape } = piece;
    const parts = piece.parts.filter(isStored);
    const scalar = stored.length === 0 && shape.every(size => size === 1); // some files keep the logit scale as [1]
    if (!scalar && shape.join() !== stored.join())
      throw new Error(
        `${parts[0]!.file.path}: tensor ${JSON.stringify(parts[0]!.name)} has the shape [${shape}]; this CLIP needs [${stored}].`,
      );
    for (const { file, name } of parts) used.set(file, [...(used.get(file) ?? []), name]);
  });
  return used;
}

/** Names of the towers' tensors, and of those without which a CLIP would be a different one. */
const OF_TOWERS =
  /^(visual|vision_model|text_model|text|transformer|ln_final|token_embedding|positional_embedding|text_projection|visual_projection)\b/;

/** @throws a sentence naming a tensor of the towers that is not read */
function checkUnused(
  shown: string,
  pieces: ReadonlyMap<string, Piece>,
  used: ReadonlyMap<TensorFile, string[]>,
  unknown: readonly NamedTensor[],
): void {
  const read = new Map([...used].map(([file, names]) => [file, new Set(names)]));
  const left = [...pieces].flatMap(([target, { parts }]) =>
    OF_TOWERS.test(target) ? parts.filter(isStored).filter(({ file, name }) => !read.get(file)?.has(name)) : [],
  );
  const name = [...left, ...unknown.filter(({ plain }) => OF_TOWERS.test(plain))][0]?.name;
  if (name !== undefined)
    throw new Error(
      `${shown} has a tensor ${JSON.stringify(name)}, for which the CLIP that its config and other tensors describe has no place; it cannot be loaded as a network that it is not.`,
    );
}

/** A larger logit scale is not that of a CLIP; OpenAI limits it to 100. */
const largestScale = 1000;

/** @throws a sentence if the logit scale is not one that a CLIP can have learned */
function checkLogitScale({ parts }: Piece): void {
  const { file, name } = parts.find(isStored)!;
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
      const stored = piece.parts.filter(isStored);
      if (/^visual\.(attnpool\.)?positional_embedding$/.test(parameter.name) && grid(config) !== grid(resized)) {
        const values = interpolatePositions(
          readValues(piece, parameter),
          grid(config),
          grid(resized),
          classTokens(config.vision),
        );
        return keep(tf.tensor(values, [values.length / parameter.shape[1]!, parameter.shape[1]!]));
      }
      const inPlace =
        stored.length === piece.parts.length && stored.every(({ entry }) => IN_PLACE[entry.dtype] && !entry.strides);
      if (!inPlace) return keep(tf.tensor(readValues(piece, parameter), parameter.shape, 'float32'));
      const parts = stored.map(({ file, entry: { dtype, start, shape } }) => ({
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
  const read = parts.map(part => (isStored(part) ? part.file.read(part.name) : new Float32Array(part.zeros)));
  const values = new Float32Array(read.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of read) {
    values.set(part, at);
    at += part.length;
  }
  return parameter.transposed !== transposed ? transpose(values, values.length / parameter.shape[0]!) : values;
}
