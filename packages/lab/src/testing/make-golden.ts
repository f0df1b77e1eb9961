import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Clip, type ClipConfig, createClip } from '@dgprompt/clip';
import { clipVocabulary } from '@dgprompt/clip/text';
import { textTower, visionTower } from '@dgprompt/clip/towers';
import { clipWeightsToNames, initClipWeights } from '@dgprompt/clip/weights';
import { namedLeaves, seededRandom } from '@dgprompt/engine';
import type { NamedArray } from '@dgprompt/io';
import { writeSafetensors } from '@dgprompt/io';
import { coop, type Method, maple } from '@dgprompt/methods';
import { lossAndGradients, lossTerms, trainingStep } from '@dgprompt/methods/training';
import * as tf from '@tensorflow/tfjs-core';

/** Towers that differ in width, depth and heads, with a context of 40 tokens. */
const config: ClipConfig = {
  embedDim: 48,
  activation: 'quick_gelu',
  vision: { imageSize: 16, patchSize: 8, width: 64, layers: 2, heads: 1 },
  text: { contextLength: 40, vocabSize: 0, width: 128, layers: 4, heads: 2 },
};

const classNames = ['snow_plough', 'owl', 'baker’s dozen', 'x-ray fish', 'gate'];

/**
 * Writes a folder of recordings for tests: a random CLIP and the results of this package's own methods. It checks that
 * `verify` reads recordings and detects errors, not that the methods are correct; the published code's recordings do
 * that.
 */
export async function makeGolden(folder: string): Promise<void> {
  await mkdir(join(folder, 'deeper'), { recursive: true });
  const clip = await writeClip(join(folder, 'towers.safetensors'));
  await writeZeroShot(join(folder, 'frozen.safetensors'), clip);
  await mkdir(join(folder, 'loaded'));
  await writeCheckpoint(join(folder, 'loaded'), clip);
  const options = { tokens: 3, position: 'middle', csc: true, seed: 4 } as const;
  await writeMethod(join(folder, 'first.safetensors'), coop(clip, classNames, options), {
    names: () => 'prompt_learner.ctx',
    metadata: { method: 'coop', n_ctx: '3', csc: 'true', class_token_position: 'middle', ctx_init: '' },
  });
  await writeMethod(join(folder, 'deeper', 'second.safetensors'), maple(clip, classNames, { tokens: 3, depth: 2 }), {
    names: mapleName,
    metadata: { method: 'maple', n_ctx: '3', depth: '2', ctx_init: 'a_photo_of_a', lr: '0.005', momentum: '0.8' },
  });
  clip.dispose();
}

async function writeClip(path: string): Promise<Clip> {
  const full = await clipVocabulary();
  const words = ['a photo of a .', ...classNames.map(name => name.replaceAll('_', ' '))].flatMap(full.encode);
  const ids = [...new Set([0, ...words, full.start!, full.end])].sort((a, b) => a - b);
  const sized = { ...config, text: { ...config.text, vocabSize: ids.length } };
  const random = seededRandom(5);
  const normal = (shape: number[]) => random.normal(shape as [number], 0.08);
  const weights = initClipWeights(sized, { normal, uniform: normal });
  const named = clipWeightsToNames(sized, weights);
  const said = { embed_dim: 48, image_resolution: 16, transformer_heads: 2, transformer_layers: 4 };
  await writeSafetensors(path, named, { metadata: { config: JSON.stringify(said), token_ids: JSON.stringify(ids) } });
  const row = (id: number) => ids.indexOf(id);
  const tokenizer = {
    start: row(full.start!),
    end: row(full.end),
    encode: (text: string) => full.encode(text).map(row),
  };
  return createClip({ config: sized, weights, tokenizer });
}

/** The token ids of each class's prompt, with words in place of its learned vectors. */
function tokenRows({ tokenizer, config }: Clip): Float32Array {
  const rows = new Float32Array(classNames.length * config.text.contextLength);
  classNames.forEach((name, c) => {
    const ids = tokenizer.encode(`a photo of a ${name.replaceAll('_', ' ')}.`);
    rows.set([tokenizer.start!, ...ids, tokenizer.end], c * config.text.contextLength);
  });
  return rows;
}

const numbers = (count: number, seed: number) => seededRandom(seed).normal([count], 1).dataSync<'float32'>();

const array = (shape: number[], data: Float32Array): NamedArray => ({ shape, data });
const arrayOf = (tensor: tf.Tensor): NamedArray => array(tensor.shape, tensor.dataSync<'float32'>());

async function writeZeroShot(path: string, clip: Clip): Promise<void> {
  await writeSafetensors(path, frozen(clip), { metadata: { classnames: JSON.stringify(classNames) } });
}

function frozen(clip: Clip) {
  const images = array([4, 3, 16, 16], numbers(4 * 3 * 256, 1));
  const tokens = array([classNames.length, 40], tokenRows(clip));
  const rows = tf.tensor2d(tokens.data, [classNames.length, 40], 'int32');
  const image = visionTower(clip.weights.vision, clip.config, tf.tensor(images.data, images.shape));
  const text = textTower(clip.weights.text, clip.config, rows, tf.argMax(rows, 1));
  const unit = (x: tf.Tensor) => tf.div(x, tf.norm(x, 'euclidean', -1, true)) as tf.Tensor2D;
  const logits = tf.mul(tf.matMul(unit(image), unit(text), false, true), clip.logitScale);
  const features = { image_features: arrayOf(image), text_features: arrayOf(text) };
  return { images, tokens, ...features, logits: arrayOf(logits) };
}

/** Writes a checkpoint that `loadClip` finds, together with the features that it gives. */
async function writeCheckpoint(folder: string, clip: Clip): Promise<void> {
  await writeSafetensors(join(folder, 'model.safetensors'), clipWeightsToNames(clip.config, clip.weights));
  const { images, tokens, ...recorded } = frozen(clip);
  await writeSafetensors(join(folder, 'any-name.safetensors'), { images, input_ids: tokens, ...recorded });
}

interface Recording {
  /** The published code's name for a parameter. */
  names(own: string): string;
  metadata: Record<string, string>;
}

async function writeMethod(path: string, method: Method, { names, metadata }: Recording): Promise<void> {
  const { clip, learner } = method;
  const [steps, size] = [3, 2];
  const images = array([steps, size, 3, 16, 16], numbers(steps * size * 3 * 256, 2));
  const labels = array([steps, size], Float32Array.from([0, 2, 4, 1, 3, 0]));
  const batches = Array.from({ length: steps }, (_, i) => ({
    images: tf.tensor4d(images.data.slice(i * size * 768, (i + 1) * size * 768), [size, 3, 16, 16]),
    labels: tf.tensor1d(labels.data.slice(i * size, (i + 1) * size), 'int32'),
    mask: tf.ones([size]) as tf.Tensor1D,
  }));
  const tensors: Record<string, NamedArray> = {
    images,
    labels,
    tokens: array([classNames.length, 40], tokenRows(clip)),
  };
  const put = (prefix: string, tree: object) => {
    for (const [own, value] of namedLeaves<tf.Tensor>(tree as never)) {
      const stored = own.endsWith('.weight') ? tf.transpose(value) : value; // as in PyTorch
      tensors[`${prefix}.${names(own)}`] = array(stored.shape, stored.dataSync<'float32'>().slice());
    }
  };
  put('init', learner.variables);
  const [, gradients] = lossAndGradients(method, batches[0]!, {});
  put('grad0', gradients);
  tensors['step0.logits'] = arrayOf(lossTerms(method, batches[0]!, {}).logits);
  const lr = Number(metadata.lr ?? 0.002);
  const step = trainingStep(method, { optimizer: { name: 'sgd', momentum: Number(metadata.momentum ?? 0.9) } });
  const losses: number[] = [];
  for (const batch of batches) losses.push(await step.run(batch, {}, lr));
  put('final', learner.variables);
  tensors.eval_logits = arrayOf(lossTerms(method, batches[0]!, {}).logits);
  await writeSafetensors(path, tensors, {
    metadata: { ...metadata, lr: String(lr), losses: JSON.stringify(losses), classnames: JSON.stringify(classNames) },
  });
  await step.dispose();
  method.dispose();
}

function mapleName(own: string): string {
  const [, kind, layer, part] = /^(text|visual)\.(\d+)(?:\.(\w+))?$/.exec(own)!;
  if (kind === 'text') return `prompt_learner.${layer === '0' ? 'ctx' : `compound_prompts_text.${Number(layer) - 1}`}`;
  return `prompt_learner.${layer === '0' ? 'proj' : `compound_prompt_projections.${Number(layer) - 1}`}.${part}`;
}
