/** The command line in use, ready to paste into a shell. */
export const thisCommand = (): string => ['dgprompt', ...process.argv.slice(2).map(quoted)].join(' ');

/** An argument, quoted for a shell if needed. */
export const quoted = (argument: string): string =>
  /^[\w./:,=@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;

/** The command to run again, if it is known: a script that calls this one has its own arguments. */
export function sameCommand(): string {
  const script = process.env.npm_lifecycle_event;
  if (script !== undefined && script !== 'npx') return '.';
  return `:\n  ${script === 'npx' ? 'npx ' : ''}${thisCommand()}`;
}
