import { Command, Option } from 'commander';
import { addComputeOptions, type ComputeOptions, oneOf, type PrecisionChoice, precisionOption } from '../options.js';
import { examples } from '../terminal/examples.js';
import { classList } from './predict-command.js';

/** What `dgprompt evaluate` is given. */
export interface EvaluateCommandOptions extends ComputeOptions, PrecisionChoice {
  out: string;
  split?: Split;
  classes?: string[];
  json?: true;
}

const splitNames = ['train', 'val', 'test', 'all'] as const;
export type Split = (typeof splitNames)[number];

/** `dgprompt evaluate`: how well a classifier does on labelled images, and a page of its mistakes. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate')
    .summary('test a classifier on labelled images')
    .description('Test a classifier on a folder with one folder of images per class.')
    .addHelpText(
      'after',
      examples(
        'evaluate ./classifier ./other-flowers --out mistakes.html',
        'evaluate ./classifier ./flowers --split val --json',
      ),
    )
    .argument('<classifier>', 'folder that dgprompt train wrote')
    .argument('<folder>', 'the images')
    .option('--out <file>', 'page with the mistakes, the worst first', 'evaluation.html')
    .addOption(
      new Option('--split <name>', 'train, val, test, all (default: test where there is one)').argParser(
        oneOf('split', splitNames),
      ),
    )
    .option('--classes <names>', 'instead of the learned ones, as a,b,c; added to them as +d,+e', classList)
    .option('--json', 'print {"top1", "images", "perClass", "confusions"} and nothing else');
  addComputeOptions(command).addOption(precisionOption());
  return command.action(async (classifier: string, folder: string) => {
    const { runEvaluate } = await import('./run-evaluate.js');
    await runEvaluate(classifier, folder, command.opts<EvaluateCommandOptions>());
  });
}
