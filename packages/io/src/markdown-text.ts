import { printable } from './printable.js';

/**
 * Text for a line of Markdown, with a backslash before everything that has a meaning there: emphasis, code, links,
 * HTML, table cells, entities, and addresses that would become links automatically.
 *
 * @example
 * ```ts
 * import { markdownText } from '@dgprompt/io';
 *
 * console.log(markdownText('[a](b) | snake_case')); // \[a\](b) \| snake_case
 * ```
 */
export const markdownText = (text: string): string =>
  printable(text, Number.POSITIVE_INFINITY)
    .replace(/[\\`*[\]<>|~]|&(?=#|\w+;)|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu, '\\$&')
    .replace(/(?<=:\/)\/|@(?=\w)/g, '\\$&')
    .replace(/\bwww(?=\.)/gi, '$&\\')
    .replace(/^(\s*)(#|=|[+-](?=\s))/, '$1\\$2'); // headings and lists

/**
 * A code span that no backquote in the text can end.
 *
 * @example
 * ```ts
 * import { codeSpan } from '@dgprompt/io';
 *
 * console.log(codeSpan('a `b`')); // `` a `b` ``
 * ```
 */
export function codeSpan(text: string): string {
  const shown = printable(text, Number.POSITIVE_INFINITY);
  const longest = Math.max(0, ...[...shown.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  const space = longest > 0 || /^ .* $/.test(shown) ? ' ' : '';
  return `${fence}${space}${shown}${space}${fence}`;
}
