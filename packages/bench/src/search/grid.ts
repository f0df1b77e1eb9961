import { type MethodFactory, methodNames, resolveMethod } from '@dgprompt/methods';
import { splitOptions } from '@dgprompt/methods/method';
import { variantOf } from '../methods/names.js';

/** Settings to try one at a time on top of the best ones so far, as option text: `lr=0.007` or `retention.text=25`. */
export type Stage = readonly string[];

/** Factors for a method's published values. */
export interface GridFactors {
  lr: readonly number[];
  epochs: readonly number[];
}

/** The default factors of a search. */
export const gridFactors: GridFactors = { lr: [1, 3, 10], epochs: [0.5, 2] };

/**
 * Whether a method has anything to search: zero-shot CLIP has nothing, and the linear probe runs its own search.
 *
 * @example
 * ```ts
 * import { isSearchable } from '@dgprompt/bench/search';
 * import { resolveMethod } from '@dgprompt/methods';
 *
 * console.log(isSearchable(resolveMethod('clip')), isSearchable(resolveMethod('maple'))); // false true
 * ```
 */
export const isSearchable = ({ definition }: MethodFactory): boolean => definition.searchStages !== false;

/** The built-in methods with something to search. */
export const searchable: readonly string[] = methodNames.filter(id => isSearchable(resolveMethod(id)));

/**
 * The settings to try for a method, stage by stage: learning rates, epochs, then the stages of its definition. Factors
 * multiply the values in the method's name, `clip-lora:epochs=20`, or else the published ones. A published number of
 * epochs that depends on the number of images of a task is left out.
 *
 * @example
 * ```ts
 * import { searchStages } from '@dgprompt/bench/search';
 * import { resolveMethod } from '@dgprompt/methods';
 *
 * const stages = searchStages(resolveMethod('maple'), 16, { lr: [1, 2], epochs: [2] });
 * console.log(stages); // [ [ 'lr=0.0035', 'lr=0.007' ], [ 'epochs=10' ] ]
 * ```
 */
export function searchStages(method: MethodFactory, shots: number, factors: GridFactors = gridFactors): Stage[] {
  const { recipe, searchStages = [] } = method.definition;
  if (searchStages === false) return [];
  const published = (images: number) =>
    recipe({ protocol: 'base-to-new', shots, images, dataset: '', templates: ['a photo of a {}.'] });
  const [few, many] = [published(0), published(1e6)];
  const lr = numberIn(method, 'lr') ?? few.lr;
  const epochs = numberIn(method, 'epochs') ?? (few.epochs === many.epochs ? few.epochs : undefined);
  return [
    factors.lr.map(factor => `lr=${Number((factor * lr).toPrecision(6))}`),
    ...(epochs === undefined ? [] : [factors.epochs.map(factor => `epochs=${Math.ceil(factor * epochs)}`)]),
    ...searchStages,
  ];
}

/** A value set in a method's name: 20 in `clip-lora:epochs=20`. */
function numberIn(method: MethodFactory, key: string): number | undefined {
  const set = splitOptions(variantOf(method)).find(part => part.startsWith(`${key}=`));
  return set === undefined ? undefined : Number(set.slice(key.length + 1));
}
