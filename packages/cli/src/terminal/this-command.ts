import { printable } from '@dgprompt/io';

/** This process's command line, ready to paste into a shell. */
export const thisCommand = (): string => commandOf(process.argv.slice(2));

/** A command line with these arguments, ready to paste into a shell. */
export const commandOf = (args: readonly string[]): string => ['dgprompt', ...args.map(quoted)].join(' ');

/** The same, changing to the folder where it was run if that is not the current one. */
export const commandIn = (folder: string | undefined, args: readonly string[]): string =>
  folder === undefined || folder === process.cwd() ? commandOf(args) : `cd ${quoted(folder)} && ${commandOf(args)}`;

/**
 * An argument, quoted for a shell if needed. What a terminal would obey, including line breaks, is written as codes in
 * the quotes that bash, zsh and ksh have for them: the line stays one line, and pasting it gives the same argument.
 */
export function quoted(argument: string): string {
  if (/^(?!=)[\w./:,=@+-]+$/.test(argument)) return argument; // zsh reads =name as the place of a command
  if (printable(argument, Number.POSITIVE_INFINITY) === argument) return `'${argument.replaceAll("'", "'\\''")}'`;
  const codes = [...argument].map(sign =>
    printable(sign) !== sign || sign === "'" || sign === '\\' ? codeOf(sign) : sign,
  );
  return `$'${codes.join('')}'`;
}

/** A quoted path that no command mistakes for an option. */
export const quotedPath = (path: string): string => quoted(path.startsWith('-') ? `./${path}` : path);

/** As UTF-8 bytes, which all of these shells accept. */
const codeOf = (sign: string): string =>
  [...Buffer.from(sign)].map(byte => `\\x${byte.toString(16).padStart(2, '0')}`).join('');

/** The command to repeat from any folder, if known: an npm script that calls this one has its own arguments. */
export function sameCommand(): string {
  const script = process.env.npm_lifecycle_event;
  if (script !== undefined && script !== 'npx') return '.';
  return `:\n  cd ${quotedPath(process.cwd())} && ${script === 'npx' ? 'npx ' : ''}${thisCommand()}`;
}
