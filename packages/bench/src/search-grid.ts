import { type MethodFactory, methodNames } from '@dgprompt/methods';

/** Settings to try together: every combination of one entry of each axis, an entry being options as text. */
export interface Stage {
  /** From the most careful value to the boldest, so that equals are told apart. */
  axes: string[][];
}

/** Factors on a method's published numbers. */
export interface GridFactors {
  lr: readonly number[];
  epochs: readonly number[];
}

/** What a search tries unless told otherwise. */
export const gridFactors: GridFactors = { lr: [0.5, 1, 2, 4], epochs: [1, 2] };

/** Strengths of DGPrompt's retention, as factors on its standard ones, and its generators' rates. */
const retention = [2, 1, 0.5];
const guidanceRates = [1, 2, 4];

/** Methods with something to search: zero-shot CLIP has nothing, the linear probe searches by itself. */
export const searchable: readonly string[] = methodNames.filter(id => !['clip', 'linear-probe'].includes(id));

/**
 * What is tried of a method: learning rate and epochs; of DGPrompt then, with the best of these, the strength of its retention and its
 * generators' rate.
 */
export function searchStages(method: MethodFactory, shots: number, factors: GridFactors = gridFactors): Stage[] {
  const about = { protocol: 'base-to-new' as const, shots, dataset: '', templates: ['a photo of a {}.'] };
  const { lr, epochs } = method.definition.recipe(about);
  const first = {
    axes: [
      whole(factors.epochs.map(factor => `epochs=${Math.max(1, Math.round(factor * epochs))}`)),
      whole(factors.lr.map(factor => `lr=${Number((factor * lr).toPrecision(6))}`)),
    ],
  };
  if (method.definition.name !== 'dgprompt') return [first];
  const { retainText, retainImage, retainLogits } = method.definition.options as Record<string, number>;
  const scaled = (factor: number) =>
    Object.entries({ retainText, retainImage, retainLogits })
      .map(([key, value]) => `${key}=${factor * value!}`)
      .join('+');
  return [first, { axes: [retention.map(scaled), guidanceRates.map(rate => `guidanceRate=${rate}`)] }];
}

const whole = (entries: string[]): string[] => [...new Set(entries)];

/** Every combination, as text, from the most careful to the boldest. */
export function combinations({ axes }: Stage): string[] {
  let all: { text: string[]; boldness: number }[] = [{ text: [], boldness: 0 }];
  for (const axis of axes)
    all = all.flatMap(({ text, boldness }) =>
      axis.map((entry, i) => ({ text: [...text, entry], boldness: boldness + i })),
    );
  return all.sort((a, b) => a.boldness - b.boldness).map(({ text }) => text.join('+'));
}
