import { Command, InvalidArgumentError } from 'commander';
import { takes } from '../config/value-schema.js';
import {
  addComputeOptions,
  type ComputeOptions,
  names,
  type PrecisionChoice,
  precisionOption,
  wholeNumber,
} from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt predict` is given. */
export interface PredictCommandOptions extends ComputeOptions, PrecisionChoice {
  top: number;
  classes?: string[];
  json?: true;
  csv?: true;
}

/** `dgprompt predict`: what is in these images. */
export function predictCommand(): Command {
  const command = new Command('predict')
    .summary('say what is in images')
    .description('Say what is in images.')
    .addHelpText(
      'after',
      examples(
        'predict ./classifier photo.jpg --top 3',
        "predict ./classifier 'more/*.jpg' --csv",
        'predict ./classifier photo.jpg --classes +edelweiss',
      ),
    )
    .argument('<classifier>', 'folder that dgprompt train wrote')
    .argument('<images...>', "files, folders, patterns as 'more/*.jpg', - for paths on stdin")
    .option('--top <n>', 'classes an image', wholeNumber(1, 100_000), 1)
    .option('--classes <names>', 'instead of the learned ones, as a,b,c; added to them as +d,+e', classList)
    .option('--json', 'a line of JSON an image: {"path", "predictions": [{"label", "score"}]}')
    .option('--csv', 'lines of path,rank,label,score');
  addComputeOptions(command).addOption(precisionOption());
  return command.action(async (classifier: string, images: string[]) => {
    const options = command.opts<PredictCommandOptions>();
    if (options.json && options.csv) command.error('error: choose --json or --csv.', { exitCode: 2 });
    const { runPredict } = await import('./run-predict.js');
    await runPredict(classifier, images, options);
  });
}

/** A parser for class names: two at least where they replace the learned ones. */
export const classList = takes(names.schema, value => {
  const classes = names(value);
  if (classes.length < 2 && !value.startsWith('+'))
    throw new InvalidArgumentError('A classifier needs two classes; write + before the name to add one.');
  return classes;
});
