import { Command, Option } from 'commander';
import { addComputeOptions, type ComputeOptions, oneOf } from '../options.js';
import { examples } from '../terminal/examples.js';
import { classList } from './predict-command.js';

/** What `dgprompt export` is given. */
export interface ExportCommandOptions extends ComputeOptions {
  format: (typeof formats)[number];
  precision: (typeof precisions)[number];
  input: (typeof inputs)[number];
  out?: string;
  classes?: string[];
}

const formats = ['onnx', 'web'] as const;
const precisions = ['fp32', 'fp16', 'int8'] as const;
const inputs = ['image', 'pixels'] as const;

/** `dgprompt export`: a classifier as one ONNX file, or as a page that runs in a browser. */
export function exportCommand(): Command {
  const command = new Command('export')
    .summary('a classifier as one ONNX file or a web page')
    .description('Write a classifier as one file that runs anywhere, or as a web page.')
    .addHelpText(
      'after',
      examples('export ./classifier --precision int8 --out flowers.onnx', 'export ./classifier --format web'),
    )
    .argument('<classifier>', 'folder that dgprompt train wrote')
    .addOption(new Option('--format <name>', 'onnx, web').argParser(oneOf('format', formats)).default('onnx'))
    .addOption(
      new Option('--precision <name>', 'how weights are stored: fp32, fp16, int8')
        .argParser(oneOf('precision', precisions))
        .default('fp32'),
    )
    .addOption(
      new Option('--input <name>', 'image (uint8 RGB of any size), pixels (normalised)')
        .argParser(oneOf('input', inputs))
        .default('image'),
    )
    .option('--out <path>', 'default: CLASSIFIER.onnx, or CLASSIFIER-web for a page')
    .option('--classes <names>', 'instead of the learned ones, as a,b,c; added to them as +d,+e', classList);
  addComputeOptions(command);
  return command.action(async (classifier: string) => {
    const { runExport } = await import('./run-export.js');
    await runExport(classifier, command.opts<ExportCommandOptions>());
  });
}
