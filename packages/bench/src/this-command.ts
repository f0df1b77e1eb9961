/** The command line that is being run, as one types it. */
export const thisCommand = (): string => ['dgprompt', ...process.argv.slice(2).map(quoted)].join(' ');

const quoted = (argument: string): string =>
  /^[\w./:,=@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
