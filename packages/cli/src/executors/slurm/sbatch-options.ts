import { split } from 'shlex';

/**
 * Options as a shell would part them; nothing in them is evaluated.
 * @throws one sentence for an open quote, and for what the job array decides itself
 */
export function sbatchOptions(text = ''): string[] {
  let options: string[];
  try {
    options = split(text);
  } catch (cause) {
    throw new Error(`--slurm '${text}' has a quote that does not end.`, { cause });
  }
  const own = options.find(option => /^(-a|--array|--wrap|--parsable|--test-only)(=|$)/.test(option));
  if (own !== undefined)
    throw new Error(
      `--slurm takes options of sbatch, but ${own} is none of yours: each run is a task of one job array.`,
    );
  return options;
}
