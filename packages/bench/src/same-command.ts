/** The command to type again, as far as it is known: a script that calls this one has arguments of its own. */
export function sameCommand(): string {
  const script = process.env.npm_lifecycle_event;
  if (script !== undefined && script !== 'npx') return '.';
  const program = script === 'npx' ? 'npx dgprompt' : 'dgprompt';
  return `:\n  ${[program, ...process.argv.slice(2).map(quoted)].join(' ')}`;
}

const quoted = (argument: string): string =>
  /^[\w./:,=@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
