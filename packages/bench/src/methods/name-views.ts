/** What follows a method's id in tables: towers below float32, and tests with several views: `clip, int8, 5 views`. */
const ending = /(?:, (?:fp16|int8))?(?:, \d+ views)?(?= \(|$)/;

/** A method's name in tables, which says the towers' precision below float32, and how many views there were. */
export function withViews(method: string, views = 1, precision?: string): string {
  if (viewsEnding(method) !== '') return method;
  return `${method}${precision === undefined ? '' : `, ${precision}`}${views === 1 ? '' : `, ${views} views`}`;
}

/**
 * The part of a method's name in tables that says the precision of its towers, if it is below float32, and how many
 * views of each test image there were, if there were several. A method is compared with CLIP in the same ones.
 *
 * @example
 * ```ts
 * import { viewsEnding } from '@dgprompt/bench/methods';
 *
 * console.log(`clip${viewsEnding('coop, 5 views')}`, viewsEnding('coop') === ''); // clip, 5 views true
 * ```
 */
export const viewsEnding = (method: string): string => ending.exec(method)?.[0] ?? '';

/** The number of views that a method's name in tables says. */
export const viewsIn = (method: string): number => Number(/(\d+) views/.exec(viewsEnding(method))?.[1] ?? 1);

/**
 * A method's name in tables without precision and number of views.
 *
 * @example
 * ```ts
 * import { withoutViews } from '@dgprompt/bench/methods';
 *
 * console.log(withoutViews('clip, 5 views')); // clip
 * ```
 */
export const withoutViews = (method: string): string => method.replace(ending, '');
