import { printable } from '@dgprompt/io';
import { type MethodDefinition, methodNames, resolveMethod } from '@dgprompt/methods';
import { withoutViews } from './name-views.js';

/** Facts about a method for display. */
export interface MethodFacts {
  /** Its name as in its paper. */
  title: string;
  /** One line about it. */
  summary?: string;
  /** Its variants that remove a part. */
  ablations?: readonly string[];
}

/** The part of a method that these facts come from. */
type Told = { definition: Pick<MethodDefinition<object>, 'name' | 'title' | 'summary' | 'ablations'> };

const known = new Map<string, MethodFacts>(methodNames.map(id => [id, factsOf(resolveMethod(id))]));

/** The display facts in a method's definition, as stored in records of custom methods. */
export function factsOf({ definition }: Told): MethodFacts {
  const { name, title = name, summary, ablations } = definition;
  return { title, ...(summary !== undefined && { summary }), ...(ablations !== undefined && { ablations }) };
}

/** The part of a record that describes a custom method without its file; empty for a built-in one. */
export const ownFacts = (method: Told): { own?: MethodFacts } =>
  methodNames.includes(method.definition.name) ? {} : { own: factsOf(method) };

/** Registers a custom method for `methodTitle` and similar functions. @param id with or without a variant */
export function addFacts(id: string, facts: MethodFacts): void {
  const name = nameOf(id);
  if (!methodNames.includes(name)) known.set(name, facts);
}

/**
 * A method's name as in its paper. Unknown ids and variants are unchanged; anything that a terminal would obey is
 * escaped.
 *
 * @example
 * ```ts
 * import { methodTitle } from '@dgprompt/bench/methods';
 *
 * console.log(methodTitle('coop:csc')); // CoOp:csc
 * ```
 */
export function methodTitle(id: string): string {
  const name = nameOf(id);
  return printable((known.get(name)?.title ?? name) + id.slice(name.length));
}

/**
 * One line about a method, undefined if there is none.
 *
 * @example
 * ```ts
 * import { methodSummary } from '@dgprompt/bench/methods';
 *
 * console.log(methodSummary('unheard-of')); // undefined
 * ```
 */
export const methodSummary = (id: string): string | undefined => {
  const summary = known.get(nameOf(id))?.summary;
  return summary === undefined ? undefined : printable(summary, 1000);
};

/**
 * Whether an id refers to a method without one of its parts.
 *
 * @example
 * ```ts
 * import { isAblation } from '@dgprompt/bench/methods';
 *
 * console.log(isAblation('dgprompt:flat'), isAblation('dgprompt')); // true false
 * ```
 */
export function isAblation(id: string): boolean {
  const name = nameOf(id);
  return (known.get(name)?.ablations ?? []).some(variant => withoutViews(id) === `${name}:${variant}`);
}

/** The id without its variant and without suffixes for its settings: `coop (…)`, `coop, int8`. */
const nameOf = (id: string): string => /^.*?(?=:| \(|, (?:\d+ views|fp16|int8)|$)/s.exec(id)![0];
