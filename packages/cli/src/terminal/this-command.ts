/** The command line that is being run, as one types it. */
export const thisCommand = (): string => ['dgprompt', ...process.argv.slice(2).map(quoted)].join(' ');

/** An argument as one types it in a shell. */
export const quoted = (argument: string): string =>
  /^[\w./:,=@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
