import type { Clip } from '@dgprompt/clip';
import type * as tf from '@tensorflow/tfjs-core';
import type { LossTerms, Method } from '../learner/types.js';
import type { MethodFactory } from '../method/define.js';

/** Shapes of the parameters in a file, by their published names. */
export type PublishedShapes = ReadonlyMap<string, readonly number[]>;

/** What a file of published parameters says about them. */
export interface PublishedFile {
  shapes: PublishedShapes;
  /** Plain values in it, by name: `metadata.alpha`. Default: none */
  values?: ReadonlyMap<string, string | number | boolean>;
  /** The CLIP that they were trained on. */
  clip: Clip;
}

/** A parameter's name here, `text.1`; transposed if PyTorch stores it as [out, in] and we as [in, out]. */
export type Place = string | readonly [name: string, how: 'transposed'];

/**
 * The name in a place, and whether the value is transposed.
 *
 * @example
 * ```ts
 * import { placeParts } from '@dgprompt/methods/published';
 *
 * console.log(placeParts('text.1'), placeParts(['visual.1.weight', 'transposed']));
 * // [ 'text.1', false ] [ 'visual.1.weight', true ]
 * ```
 */
export const placeParts = (place: Place): readonly [name: string, isTransposed: boolean] =>
  typeof place === 'string' ? [place, false] : [place[0], true];

/** A published implementation: the corresponding method here, and the names of its parameters and settings. */
export interface Published {
  method: MethodFactory;
  /**
   * Options of the method.
   * @param file its shapes take precedence over the settings for tokens, depths and class-specific contexts
   * @param settings by their published names, as text; missing ones have their defaults
   * @throws one sentence if the method has no such options
   */
  options(file: PublishedFile, settings: Readonly<Record<string, string>>): Record<string, unknown>;
  /** Where a parameter belongs here; undefined if the method has no such parameter. */
  parameter(name: string, file: PublishedFile): Place | undefined;
  /** Times that a file repeats the frozen words of all classes, once for each of several contexts. Default: 1 */
  repeats?(file: PublishedFile): number;
  /** Parts of the loss, by their published names. */
  terms?(terms: LossTerms, method: Method): Record<string, tf.Tensor>;
}

/** A method as any method, whatever its options. */
export const anyMethod = (method: unknown): MethodFactory => method as MethodFactory;

/** A name without the part of the model that it belongs to, which checkpoints of that part alone omit. */
export const inLearner = (name: string): string => name.replace(/^prompt_learner\./, '');

/** The shape of the first parameter whose name ends like this. */
export function shapeOf({ shapes }: PublishedFile, ending: RegExp): readonly number[] | undefined {
  for (const [name, shape] of shapes) if (ending.test(name)) return shape;
  return undefined;
}

/** The first groups of all names that match. */
export const matched = ({ shapes }: PublishedFile, pattern: RegExp): string[] =>
  [...shapes.keys()].flatMap(name => pattern.exec(name)?.[1] ?? []);

/** A part of a linear layer: its weight is transposed, its bias is not. */
export const linear = (layer: string, part: string): Place =>
  part === 'weight' ? [`${layer}.weight`, 'transposed'] : `${layer}.${part}`;

/** Parameters by their names in the learner. */
export const named = (places: Readonly<Record<string, Place>>) => (name: string) =>
  Object.hasOwn(places, inLearner(name)) ? places[inLearner(name)] : undefined;

/** Sizes of the context, [M, d_t], after the number of classes or contexts if there are several; [] without one. */
export const contextShape = (file: PublishedFile): readonly number[] => shapeOf(file, /^(prompt_learner\.)?ctx$/) ?? [];

/** ⌊e / hidden units⌋ of a network's first layer, [h, e]; no option without one. */
export const reductionOf = ([hidden, width]: readonly number[] = []): { reduction?: number } =>
  hidden && width ? { reduction: Math.floor(width / hidden) } : {};
