import { printable } from '@dgprompt/io';

/** The command line in use, ready to paste into a shell. */
export const thisCommand = (): string => commandOf(process.argv.slice(2));

/** A command line with these arguments, ready to paste into a shell. */
export const commandOf = (args: readonly string[]): string => ['dgprompt', ...args.map(quoted)].join(' ');

/** The same in the folder where it was run, if that is another one than this. */
export const commandIn = (folder: string | undefined, args: readonly string[]): string =>
  folder === undefined || folder === process.cwd() ? commandOf(args) : `cd ${quoted(folder)} && ${commandOf(args)}`;

/**
 * An argument, quoted for a shell if needed. What a terminal would obey, line breaks too, is written with its code, in
 * the quotes of bash, zsh and ksh that have one: the line stays one line, and pasting it gives the same argument.
 */
export function quoted(argument: string): string {
  if (/^(?!=)[\w./:,=@+-]+$/.test(argument)) return argument; // zsh reads =name as the place of a command
  if (printable(argument, Number.POSITIVE_INFINITY) === argument) return `'${argument.replaceAll("'", "'\\''")}'`;
  const codes = [...argument].map(sign =>
    printable(sign) !== sign || sign === "'" || sign === '\\' ? codeOf(sign) : sign,
  );
  return `$'${codes.join('')}'`;
}

/** A path, quoted, that no command takes for an option. */
export const quotedPath = (path: string): string => quoted(path.startsWith('-') ? `./${path}` : path);

/** As bytes in UTF-8, which every shell of these takes. */
const codeOf = (sign: string): string =>
  [...Buffer.from(sign)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** The command to run again from any folder, if it is known: a script that calls this one has its own arguments. */
export function sameCommand(): string {
  const script = process.env.npm_lifecycle_event;
  if (script !== undefined && script !== 'npx') return '.';
  return `:\n  cd ${quotedPath(process.cwd())} && ${script === 'npx' ? 'npx ' : ''}${thisCommand()}`;
}
