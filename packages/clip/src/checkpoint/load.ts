import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type StoredType, storedFile, storedTensor } from '@dgprompt/engine/weights';
import type { TensorFile } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { type Clip, createClip } from '../clip.js';
import type { Activation, ClipConfig } from '../config.js';
import { cachedSnapshot, isHubId, type PullOptions, pullModel } from '../hub/model.js';
import { type ClipTokenizer, tokenizerFromJson } from '../text/tokenizer.js';
import { clipVocabulary } from '../text/vocabulary.js';
import { interpolatePositions } from '../towers/positions.js';
import { mapParameters, type Parameter } from '../weights/parameters.js';
import { type ClipWeights, transpose } from '../weights/weights.js';
import { checkpointConfig, readJson } from './config.js';
import { checkFinite, contentHash, openTensorFile, weightFiles } from './files.js';
import { type Piece, parameterPieces } from './names.js';
import { configFromShapes } from './shapes.js';

export interface LoadOptions extends PullOptions {
  /** Side R of the images in pixels, if it is not to be the checkpoint's own: position embeddings are interpolated. */
  imageSize?: number;
  /** For a checkpoint that has no config beside it and was not trained with what OpenAI's were, QuickGELU. */
  activation?: Activation;
  /** In place of the checkpoint's `tokenizer.json`, or of CLIP's own vocabulary. */
  tokenizer?: ClipTokenizer;
}

/** Tokens of the vocabulary that all published CLIPs share. */
const PUBLISHED_VOCABULARY = 49408;

/** Types that ONNX Runtime reads in place. */
const IN_PLACE: Record<string, StoredType> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/**
 * Loads a frozen CLIP: Hugging Face's and OpenCLIP's `.safetensors` (also sharded, with an index), OpenAI's `.pt` (TorchScript or state
 * dict), and the same tensors under the one's names in the other's file; float32, float16 and bfloat16; ViT and ModifiedResNet. What a
 * file is, is found out from its content. Sizes come from the weights, heads and activation from the config beside them, or are OpenAI's.
 *
 * On the backend `onnxruntime` large weights stay in the file, from which ONNX Runtime reads them: it must stay as it is.
 * @param source a folder, a file, or the id of a model on the hub (`openai/clip-vit-base-patch16`), which is downloaded into the shared cache
 *   if it is not there
 * @throws one sentence naming the file, and the tensor where it is one's fault, if anything is missing, damaged or foreign
 */
export async function loadClip(source: string, options: LoadOptions = {}): Promise<Clip> {
  const onHub = !existsSync(source) && isHubId(source);
  const paths = weightFiles(onHub ? (cachedSnapshot(source, options) ?? (await pullModel(source, options))) : source);
  const folder = dirname(paths[0]!);
  const files: TensorFile[] = [];
  try {
    for (const path of paths) files.push(await openTensorFile(path));
    const { naming, pieces } = parameterPieces(files);
    const given = checkpointConfig(folder, naming);
    const shown = paths.length === 1 ? paths[0]! : folder;
    const stored = configFromShapes(shown, pieces, { activation: options.activation, ...given });
    const config = { ...stored, activation: options.activation ?? stored.activation };
    const tokenizer = options.tokenizer ?? (await tokenizerOf(folder, shown, config));
    const used = usedTensors(shown, config, pieces);
    for (const file of files) checkFinite(file, used.get(file) ?? []);
    const id = await contentHash(paths);
    const resized = withImageSize(config, options.imageSize);
    const weights = readWeights(config, resized, pieces);
    return createClip({ config: resized, weights, tokenizer, id, source: onHub ? source : resolve(source) });
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

/** Checks every parameter's shape, and says which tensors of which file are read. */
function usedTensors(shown: string, config: ClipConfig, pieces: ReadonlyMap<string, Piece>): Map<TensorFile, string[]> {
  const used = new Map<TensorFile, string[]>();
  mapParameters(config, ({ name, stored }) => {
    const piece = pieces.get(name);
    if (!piece) throw new Error(`${shown} has no tensor "${name}", by this or another library's name.`);
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

function readWeights(config: ClipConfig, resized: ClipConfig, pieces: ReadonlyMap<string, Piece>): ClipWeights {
  const made: tf.Tensor[] = [];
  const realFiles = new Map<TensorFile, ReturnType<typeof storedFile>>();
  const realFile = (file: TensorFile) => {
    if (!realFiles.has(file)) realFiles.set(file, storedFile(realpathSync(file.path)));
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

async function tokenizerOf(folder: string, shown: string, config: ClipConfig): Promise<ClipTokenizer> {
  const { vocabSize } = config.text;
  const path = join(folder, 'tokenizer.json');
  if (existsSync(path) && statSync(path).isFile()) {
    const tokenizer = tokenizerFromJson(readJson(path), path);
    if (tokenizer.end < vocabSize) return tokenizer;
    throw new Error(
      `${shown} has embeddings for ${vocabSize} tokens, but its tokenizer's end token is ${tokenizer.end}.`,
    );
  }
  if (vocabSize === PUBLISHED_VOCABULARY) return clipVocabulary();
  return {
    start: vocabSize - 2,
    end: vocabSize - 1,
    encode() {
      throw new Error(
        `${basename(shown)} has a vocabulary of its own (${vocabSize} tokens), but there is no tokenizer.json in "${folder}", so it cannot read words.`,
      );
    },
  };
}
