/**
 * Characters that a terminal or an editor obeys or hides: controls, line and paragraph separators, characters that
 * change the direction of text or have no width.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]/gu;

/**
 * Makes a name from a file or an archive safe to print: escapes what a terminal would obey, and truncates long names.
 *
 * @param most characters; default 200
 *
 * @example
 * ```ts
 * import { printable } from '@dgprompt/io';
 *
 * console.log(printable('a\u001b[2Jb')); // a\u001b[2Jb
 * ```
 */
export function printable(name: string, most = 200): string {
  const cut = name.length > most ? `${name.slice(0, most)}…` : name;
  return cut.replace(OBEYED, sign => `\\u${sign.codePointAt(0)!.toString(16).padStart(4, '0')}`);
}
