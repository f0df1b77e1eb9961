import { Command, Option } from 'commander';
import { oneOf } from '../options.js';
import { examples } from '../terminal/examples.js';

/** What `dgprompt import` is given. */
export interface ImportCommandOptions {
  /** Default: the mini-CLIP. */
  model?: string;
  method: string;
  classes: string;
  subset: 'all' | 'base' | 'new';
  out: string;
  start?: string;
  position?: 'end' | 'middle' | 'front';
}

/** `dgprompt import`: a checkpoint of the published PyTorch code becomes one of ours. */
export function importCommand(): Command {
  const command = new Command('import')
    .summary('turn a published checkpoint into one of ours')
    .description('Turn a checkpoint of the published PyTorch code into a folder of ours.')
    .addHelpText(
      'after',
      examples(
        'import model.pth.tar-50 --method maple --classes names.txt --out maple',
        'import coop.pth --method coop --classes cat,dog --out coop',
      ),
    )
    .argument('<file>', 'such as model.pth.tar-50; read as data, nothing in it is run')
    .requiredOption('--method <name>', 'coop, cocoop, vpt, ivlp, maple or promptsrc')
    .requiredOption('--classes <names>', 'a,b,c by label, or a file: a name a line, or a split')
    .addOption(
      new Option('--subset <half>', 'of these classes: all, base, new')
        .argParser(oneOf('half', ['all', 'base', 'new']))
        .default('all'),
    )
    .requiredOption('--out <folder>', 'where to write prompts.safetensors and run.json')
    .option('--start <words>', 'what its context started from (default: as published)')
    .addOption(
      new Option('--position <place>', 'of the class name (CoOp): end, middle, front').argParser(
        oneOf('position', ['end', 'middle', 'front']),
      ),
    )
    .option('--model <path>', 'the CLIP it was trained on (default: the mini-CLIP)');
  return command.action(async (file: string) => {
    const { runImport } = await import('./run-import.js');
    await runImport(file, command.opts<ImportCommandOptions>(), command);
  });
}
