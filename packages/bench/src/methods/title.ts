import { printable } from '@dgprompt/io';
import { type MethodDefinition, methodNames, resolveMethod } from '@dgprompt/methods';
import { withoutViews } from './name-views.js';

/** What people are told about a method. */
export interface MethodFacts {
  /** Its name as its paper writes it. */
  title: string;
  /** One line about it. */
  summary?: string;
  /** Its variants that take a part of it away. */
  ablations?: readonly string[];
}

/** A method, as far as people are told about it. */
type Told = { definition: Pick<MethodDefinition<object>, 'name' | 'title' | 'summary' | 'ablations'> };

const known = new Map<string, MethodFacts>(methodNames.map(id => [id, factsOf(resolveMethod(id))]));

/** What the definition of a method says about it for people, as the records of the user's own methods keep it. */
export function factsOf({ definition }: Told): MethodFacts {
  const { name, title = name, summary, ablations } = definition;
  return { title, ...(summary !== undefined && { summary }), ...(ablations !== undefined && { ablations }) };
}

/** The part of a record that shows a user's own method without its file; nothing for a built-in one. */
export const ownFacts = (method: Told): { own?: MethodFacts } =>
  methodNames.includes(method.definition.name) ? {} : { own: factsOf(method) };

/** Makes a user's method known to `methodTitle` and its like. @param id with or without a variant */
export function addFacts(id: string, facts: MethodFacts): void {
  const name = nameOf(id);
  if (!methodNames.includes(name)) known.set(name, facts);
}

/**
 * A method's name as its paper writes it. Unknown ids stay as they are, and so do variants; what a terminal would obey
 * is escaped.
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
 * Whether an id is that of a method without one of its parts.
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

/** The id without its variant, and without what tells versions of a method apart: `coop (…)`, `coop, int8`. */
const nameOf = (id: string): string => /^.*?(?=:| \(|, (?:\d+ views|fp16|int8)|$)/s.exec(id)![0];
