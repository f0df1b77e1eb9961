import { type MethodFactory, methodNames } from '@dgprompt/methods';

/** Settings to try, one at a time, on top of the best ones so far: options as text, `retainText=25+retainImage=10`. */
export type Stage = readonly string[];

/** Factors on a method's published numbers. */
export interface GridFactors {
  lr: readonly number[];
  epochs: readonly number[];
}

/** What a search tries unless told otherwise. */
export const gridFactors: GridFactors = { lr: [1, 3, 10], epochs: [0.5, 2] };

/** Methods with something to search: zero-shot CLIP has nothing, the linear probe searches by itself. */
export const searchable: readonly string[] = methodNames.filter(id => !['clip', 'linear-probe'].includes(id));

/**
 * What is tried of a method, stage by stage: learning rates and epochs; of DGPrompt then the strength of its
 * retention, its generators' rate and start, the first guided layer, and a prototype in place of each image.
 */
export function searchStages(method: MethodFactory, shots: number, factors: GridFactors = gridFactors): Stage[] {
  const about = { protocol: 'base-to-new' as const, shots, dataset: '', templates: ['a photo of a {}.'] };
  const { lr, epochs } = method.definition.recipe(about);
  const common = [
    factors.lr.map(factor => `lr=${Number((factor * lr).toPrecision(6))}`),
    factors.epochs.map(factor => `epochs=${Math.ceil(factor * epochs)}`),
  ];
  if (method.definition.name !== 'dgprompt') return common;
  const { retainText, retainImage, retainLogits } = method.definition.options as Record<string, number>;
  const retained = (factor: number) =>
    Object.entries({ retainText, retainImage, retainLogits })
      .map(([key, value]) => `${key}=${factor * value!}`)
      .join('+');
  return [
    ...common,
    [retained(0.5), retained(0.25)],
    ['guidanceRate=0.3', 'guidanceRate=3'],
    ['gate=true'],
    ['guidanceFrom=3'],
    ['visualContext=prototype'],
  ];
}
