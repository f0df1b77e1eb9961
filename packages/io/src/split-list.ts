/**
 * Splits text at separators that are outside brackets and double quotes.
 *
 * @param text such as `maple,dgprompt:retention.templates=["a {}.","the {}."]`
 * @param separator one character
 * @returns the parts, trimmed
 *
 * @example
 * ```ts
 * import { splitList } from '@dgprompt/io';
 *
 * console.log(splitList('a=[1,2],b')); // [ 'a=[1,2]', 'b' ]
 * ```
 */
export function splitList(text: string, separator = ','): string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const character of text) {
    if (character === '"') isQuoted = !isQuoted;
    else if (!isQuoted && '[{('.includes(character)) depth++;
    else if (!isQuoted && ']})'.includes(character)) depth--;
    if (character === separator && depth === 0 && !isQuoted) parts.push('');
    else parts[parts.length - 1] += character;
  }
  return parts.map(part => part.trim());
}
