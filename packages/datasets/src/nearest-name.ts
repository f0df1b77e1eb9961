import { distance } from 'fastest-levenshtein';

/**
 * The known name a user most likely meant, or undefined when nothing is close.
 *
 * Close is an edit distance of at most two fifths of the longer name (one edit is always allowed), or a name that starts
 * with what was typed. Case, `-` and `_` do not count.
 *
 * @param name what was typed
 * @param known the names there are
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const typed = plain(name);
  let best: string | undefined;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const candidate of known) {
    const other = plain(candidate);
    const edits = typed.length >= 3 && other.startsWith(typed) ? 0.5 : distance(typed, other);
    const allowed = Math.max(1, Math.floor(Math.max(typed.length, other.length) * 0.4));
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
 * @param kind what the name stands for, such as `method` or `device`
 * @param name what was typed
 * @param known the names there are
 * @returns for example `Unknown method "mapel". Did you mean "maple"? Known: clip, coop, maple.`
 */
export function unknownName(kind: string, name: string, known: readonly string[]): string {
  const nearest = nearestName(name, known);
  const hint = nearest === undefined ? '' : ` Did you mean "${nearest}"?`;
  return `Unknown ${kind} "${name}".${hint} Known: ${known.join(', ')}.`;
}

const plain = (name: string): string => name.toLowerCase().replace(/[-_\s]/g, '');
