/** The examples at the end of a command's `--help`. @param lines what comes after `dgprompt` */
export const examples = (...lines: string[]): string =>
  `\nExamples:\n${lines.map(line => `  dgprompt ${line}`).join('\n')}`;
