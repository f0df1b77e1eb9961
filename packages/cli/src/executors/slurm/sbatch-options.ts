import { split } from 'shlex';

/**
 * Splits options like a shell, without evaluating anything.
 * @throws one sentence for an unclosed quote, and for options that the job array sets itself
 */
export function sbatchOptions(text = ''): string[] {
  let options: string[];
  try {
    options = split(text);
  } catch (cause) {
    throw new Error(`--slurm '${text}' has an unclosed quote.`, { cause });
  }
  const own = options.find(option => /^(-a|--array|--wrap|--parsable|--test-only)(=|$)/.test(option));
  if (own !== undefined) throw new Error(`--slurm must not have ${own}: each run is a task of one job array.`);
  return options;
}
