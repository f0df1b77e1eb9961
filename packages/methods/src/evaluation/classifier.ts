import { compile, type GraphFacts } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import type { FrozenBatch } from '../features/image.js';
import { type FrozenTextOptions, frozenText } from '../features/text.js';
import { revision } from '../method/revision.js';
import type { Features, Method } from '../method/types.js';
import { features, pair, perImageText, side } from '../training/step.js';
import { cosineLogits } from './logits.js';

/** A class with its probability. */
export interface Prediction {
  label: string;
  /** Softmax over all classes, in [0, 1]. */
  score: number;
}

/** A method made ready for images: the text side computed, the rest compiled. */
export interface Classify {
  /**
   * @param images [B, 3, R, R], normalised; or the frozen CLIP's features of them, for a method that leaves images as they are
   * @returns logits, row-major [B, C]
   */
  logits(images: tf.Tensor4D | FrozenBatch): Promise<Float32Array>;
  /** What the graphs for images are made of, one for each size of batch. */
  readonly graphs: readonly GraphFacts[];
  dispose(): Promise<void>;
}

/**
 * Text features are computed once, at the first batch, and again only after training has changed the prompts; a method whose
 * text depends on the image computes them with each. One session is kept for each size of batch, of two sizes at most.
 */
export function classifier(method: Method, handWritten: FrozenTextOptions = {}): Classify {
  const { learner } = method;
  const classNames = [...method.classNames];
  const prepareText = compile(() => side(learner.textFeatures!(classNames)), { cacheSize: 1 });
  const classify = compile(
    (batch: { images?: tf.Tensor4D; frozen?: FrozenBatch }, text: Partial<Features>) => logitsOf(method, batch, text),
    { cacheSize: 2 },
  );
  let text: { side: Partial<Features>; revision: number } | undefined;

  async function current(): Promise<Partial<Features>> {
    const now = revision(learner);
    if (text?.revision === now) return text.side;
    if (text) release(text.side);
    text = { side: await computed(), revision: now };
    return text.side;
  }

  const computed = () => textOf(method, prepareText, handWritten);

  return {
    async logits(images) {
      const batch = images instanceof tf.Tensor ? { images } : { frozen: images };
      const scores = await classify(batch, await current());
      const values = (await scores.data()) as Float32Array;
      scores.dispose();
      return values;
    },
    get graphs() {
      return classify.graphs;
    },
    async dispose() {
      if (text) release(text.side);
      text = undefined;
      await Promise.all([prepareText.dispose(), classify.dispose()]);
    },
  };
}

/** The text side of a method whose text waits for no image; empty where each image has its own. */
export async function textOf(
  method: Method,
  prepare: () => Promise<Features>,
  handWritten: FrozenTextOptions = {},
): Promise<Partial<Features>> {
  const { learner, clip, classNames, task } = method;
  if (perImageText(method)) return {};
  if (learner.textFeatures) return prepare();
  return { features: await frozenText(clip, classNames, learner.templates ?? task.templates, handWritten) };
}

/** Logits [B, C] of a batch, from its images and the text side. */
export function logitsOf(
  method: Method,
  batch: { images?: tf.Tensor4D; frozen?: FrozenBatch },
  text: Partial<Features>,
): tf.Tensor2D {
  const both = perImageText(method) ? features(method, batch, {}) : pair(method, text as Features, batch);
  return method.learner.logits?.(both) ?? cosineLogits(both, method.clip.logitScale);
}

export const release = ({ features, states }: Partial<Features>) => tf.dispose([features, states] as never);
