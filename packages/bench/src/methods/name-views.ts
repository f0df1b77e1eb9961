/** The suffix of a method's id in tables: precision below float32, and several views: `clip, int8, 5 views`. */
const ending = /(?:, (?:fp16|int8))?(?:, \d+ views)?(?= \(|$)/;

/** A method's name in tables, with the towers' precision if below float32, and the number of views. */
export function withViews(method: string, views = 1, precision?: string): string {
  if (viewsEnding(method) !== '') return method;
  return `${method}${precision === undefined ? '' : `, ${precision}`}${views === 1 ? '' : `, ${views} views`}`;
}

/**
 * The suffix of a method's name in tables: the towers' precision, if below float32, and the number of views of each
 * test image, if several. A method is compared with CLIP under the same ones.
 *
 * @example
 * ```ts
 * import { viewsEnding } from '@dgprompt/bench/methods';
 *
 * console.log(`clip${viewsEnding('coop, 5 views')}`, viewsEnding('coop') === ''); // clip, 5 views true
 * ```
 */
export const viewsEnding = (method: string): string => ending.exec(method)?.[0] ?? '';

/** The number of views in a method's name in tables. */
export const viewsIn = (method: string): number => Number(/(\d+) views/.exec(viewsEnding(method))?.[1] ?? 1);

/**
 * A method's name in tables without precision and views.
 *
 * @example
 * ```ts
 * import { withoutViews } from '@dgprompt/bench/methods';
 *
 * console.log(withoutViews('clip, 5 views')); // clip
 * ```
 */
export const withoutViews = (method: string): string => method.replace(ending, '');
