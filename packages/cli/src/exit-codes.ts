/** The exit codes of the `dgprompt` command; `--help` and the README list them. */
export const exitCodes = { 0: 'done', 1: 'failed', 2: 'wrong command line or config file', 130: 'Ctrl-C' } as const;

/** `0 done, 1 failed, …` */
export const exitCodesText = Object.entries(exitCodes)
  .map(entry => entry.join(' '))
  .join(', ');
