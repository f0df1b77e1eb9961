/** What follows a method's id in tables of tests with several views: `clip, 5 views`. */
const ending = /, \d+ views(?= \(|$)/;

/** A method's name in tables, which says how many views of each test image there were if there were several. */
export const withViews = (method: string, views = 1): string =>
  views === 1 || ending.test(method) ? method : `${method}, ${views} views`;

/**
 * The part of a method's name in tables that says how many views of each test image there were; `''` for one. A method
 * is compared with CLIP in as many.
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
export const viewsIn = (method: string): number => Number(/\d+/.exec(viewsEnding(method))?.[0] ?? 1);

/**
 * A method's name in tables without the number of views.
 *
 * @example
 * ```ts
 * import { withoutViews } from '@dgprompt/bench/methods';
 *
 * console.log(withoutViews('clip, 5 views')); // clip
 * ```
 */
export const withoutViews = (method: string): string => method.replace(ending, '');
