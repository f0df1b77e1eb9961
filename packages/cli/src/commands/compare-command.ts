import { Command } from 'commander';
import { examples } from '../terminal/examples.js';

/** What `dgprompt compare` is given besides A and B. */
export interface CompareCommandOptions {
  results: string;
  json?: true;
}

const about = `

Differences are B − A, paired over task and seed. Intervals are bootstrapped
over tasks and their seeds, from a fixed seed: the same runs give the same.`;

/** `dgprompt compare`: two methods or two results folders, run by run. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .summary('two methods, or two results folders')
    .description('Compare two methods, or two results folders, on the same tasks and seeds.')
    .argument('<A>', 'a method, as tables name it, or a results folder')
    .argument('<B>', 'another one')
    .option('--results <folder>', 'where the records of methods are', 'results')
    .option('--json', 'print JSON and nothing else')
    .addHelpText(
      'after',
      examples(
        'compare maple dgprompt           two methods of one results folder',
        'compare results/before results/after       each method with itself',
        "compare coop 'coop (epochs 2)' --results results --json",
      ) + about,
    );
  return command.action(async (a: string, b: string) => {
    const { runCompare } = await import('./run-compare.js');
    await runCompare(a, b, command.opts<CompareCommandOptions>(), command);
  });
}
