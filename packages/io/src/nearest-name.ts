import { distance } from 'fastest-levenshtein';

/**
 * The known name that a user most likely meant, or undefined if none is close.
 *
 * Close means an edit distance of at most half the longer name (swapped letters count as one edit), or a known name
 * that contains what was typed, preferably at its start. Case, `-` and `_` do not count.
 *
 * @example
 * ```ts
 * import { nearestName } from '@dgprompt/io';
 *
 * console.log(nearestName('mapel', ['maple', 'coop'])); // maple
 * ```
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const typed = plain(name);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const other = plain(candidate);
    const part = typed.length >= 3 ? other.indexOf(typed) : -1;
    const edits = part >= 0 ? (part === 0 ? 0.5 : 0.75) : slips(typed, other);
    const allowed = Math.max(typed.length, other.length) / 2;
    if (edits <= allowed && edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

/**
 * One sentence for a name that does not exist, with the nearest one that does.
 *
 * @param kind what is named, such as `method` or `device`
 *
 * @example
 * ```ts
 * import { unknownName } from '@dgprompt/io';
 *
 * console.log(unknownName('method', 'mapel', ['maple', 'coop']));
 * // Unknown method "mapel". Did you mean "maple"? Known: maple, coop.
 * ```
 */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `Unknown ${kind} "${name}".${hint} Known: ${known.join(', ')}.`;
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, '');

const slips = (typed: string, other: string): number =>
  letters(typed) === letters(other) ? 1 : distance(typed, other);
const letters = (name: string): string => [...name].sort().join('');
