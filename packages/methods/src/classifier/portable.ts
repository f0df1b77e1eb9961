import {
  encodePortable,
  foldConstants,
  type ModelFacts,
  type PortableGraph,
  type Precision,
  recordPortable,
  withPrecision,
} from '@dgprompt/engine/portable';
import { fullPreparation } from '@dgprompt/images';
import * as tf from '@tensorflow/tfjs-core';
import { inference, logitsWith, release, textSide } from '../evaluation/inference.js';
import { checkLogits } from '../features/finite.js';
import type { Method } from '../learner/types.js';
import { version } from '../runtime/node.js';
import { imageInput } from './image-input.js';

/** The input of an exported model: a uint8 RGB image of any size, or normalised pixels of the model's size. */
export type ModelInput = 'image' | 'pixels';

/**
 * A classifier as the bytes of one ONNX file. Learned prompts are constants, and so are text features unless they are
 * per image; in that case it contains both towers.
 *
 * Its input is `image` (uint8 [height, width, 3]) or `pixels` (float32 [1, 3, R, R]); its outputs are `probabilities`
 * (float32 [1, C]) and `labels` (string [C]).
 *
 * @throws one sentence on backends other than `onnxruntime`, or if logits are not finite
 */
export async function portableClassifier(
  method: Method,
  { input, precision }: { input: ModelInput; precision: Precision },
): Promise<Uint8Array> {
  const recorded = await foldConstants(await recordedClassifier(method));
  return encodePortable(withEnds(withPrecision(recorded, precision), method, input), facts(method, input, precision));
}

/** Pixels [1, 3, R, R] to probabilities [1, C]. */
async function recordedClassifier(method: Method): Promise<PortableGraph> {
  const { imageSize } = method.clip;
  if (method.learner.adapt)
    throw new Error(`${method.name} adapts to each image by gradient steps, which an exported file cannot take.`);
  const side = textSide(method);
  const text = await side.compute();
  const images = tf.zeros<tf.Rank.R4>([1, 3, imageSize, imageSize]);
  const ready = inference(method);
  try {
    checkLogits(method.name, 'a grey image', await ready.logits(images));
    return recordPortable((images: tf.Tensor4D) => tf.softmax(logitsWith(method, { images }, text)), [images]);
  } finally {
    images.dispose();
    release(text);
    await Promise.all([ready.dispose(), side.dispose()]);
  }
}

/** The recorded graph with named inputs and outputs, image preprocessing if chosen, and the class names. */
function withEnds(graph: PortableGraph, { clip, classNames }: Method, input: ModelInput): PortableGraph {
  const [pixels, scores] = [graph.inputs[0]!.name, graph.outputs[0]!.name];
  const names = new Map([
    [pixels, 'pixels'],
    [scores, 'probabilities'],
  ]);
  const renamed = graph.nodes.map(node => ({
    ...node,
    inputs: node.inputs.map(name => names.get(name) ?? name),
    outputs: node.outputs.map(name => names.get(name) ?? name),
  }));
  const R = clip.imageSize;
  const front =
    input === 'image'
      ? imageInput(clip.preparation, 'pixels')
      : { nodes: [], constants: [], inputs: [{ name: 'pixels', dtype: 'float32' as const, shape: [1, 3, R, R] }] };
  const labels = { dtype: 'string' as const, shape: [classNames.length], bytes: new Uint8Array(), strings: classNames };
  return {
    nodes: [
      ...front.nodes,
      ...renamed,
      { op: 'Identity', domain: '', inputs: ['class_names'], outputs: ['labels'], attributes: {} },
    ],
    constants: new Map([...front.constants, ...graph.constants, ['class_names', labels]]),
    inputs: front.inputs,
    outputs: [
      { name: 'probabilities', dtype: 'float32', shape: [1, classNames.length] },
      { name: 'labels', dtype: 'string', shape: [classNames.length] },
    ],
  };
}

function facts({ name, clip, classNames }: Method, input: ModelInput, precision: Precision): ModelFacts {
  const { mean, std, resize, interpolation, shortSide } = fullPreparation(clip.preparation);
  return {
    name: 'classifier',
    description: `Classifies images into ${classNames.length} classes; made by dgprompt.`,
    version,
    metadata: {
      classNames: JSON.stringify(classNames),
      input,
      precision,
      method: name,
      clip: clip.id,
      imageSize: String(clip.imageSize),
      mean: JSON.stringify(mean),
      std: JSON.stringify(std),
      resize,
      interpolation,
      shortSide: String(shortSide),
      version,
    },
  };
}
