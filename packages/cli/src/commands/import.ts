import { checkWritable, printable, unknownName } from '@dgprompt/io';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { oneOf, option, reworded, text } from '../options/option.js';
import { modelOption } from '../options/table.js';
import { UsageError } from '../usage-error.js';

/** Listed here, so that `--help` loads no method. */
export const importableMethods =
  'coop, cocoop, kgcoop, prograd, vpt, ivlp, maple, promptsrc, clip-lora, tcp, mma, mmrl, mmrlpp, coprompt, hicropl, ' +
  'rpo, dept, plot, plotpp, clip-adapter, taskres, clap';

/** `dgprompt import`: converts a checkpoint of the published PyTorch code. */
export const importCommand = defineCommand({
  summary: 'convert a published checkpoint',
  description: `Convert a checkpoint of the published PyTorch code to a checkpoint folder of dgprompt. Methods: ${importableMethods}.`,
  arguments: [['<file>', 'such as model.pth.tar-50; read as data, none of it is executed']],
  examples: [
    'import maple.pth.tar --method maple --classes names.txt --out maple',
    'import coop.pth --method coop --classes cat,dog --out coop',
    'import lora.pt --method clip-lora --classes names.txt --out lora',
    'import res.pth --method taskres:scale=1 --classes cat,dog --out res',
  ],
  options: {
    method: option('--method <name>', 'e.g. maple; with settings that the file lacks: taskres:scale=1', text),
    classes: option('--classes <names>', 'a,b,c by label, or a file: a name per line, or a split', text),
    subset: option(
      '--subset <half>',
      'of these classes: all, base, new',
      oneOf('half', ['all', 'base', 'new']).default('all'),
    ),
    out: option('--out <folder>', 'where to write prompts.safetensors and run.json', text),
    init: option('--init <words>', 'what its context was initialised with (default: as published)', text.optional()),
    position: option(
      '--position <place>',
      'of the class name (CoOp): end, middle, front',
      oneOf('position', ['end', 'middle', 'front']).optional(),
    ),
    templates: option('--templates <file>', 'prompts of its dataset: one per line, {} for the name', text.optional()),
    model: reworded(modelOption.model, 'the CLIP it was trained on (default: the mini-CLIP)'),
    modelConfig: modelOption.modelConfig,
  },
  async action({ method: id, classes, subset, out, init, position, templates: prompts, model, modelConfig }, [file]) {
    const { methodTitle } = await import('@dgprompt/bench/methods');
    const { useDevice } = await import('@dgprompt/engine');
    const { importable, importPublished } = await import('@dgprompt/methods/published');
    const { classList } = await import('../own-images/class-list.js');
    const { readTemplates } = await import('../own-images/template-file.js');
    const { loadModel } = await import('../terminal/load-model.js');
    const [name = ''] = id.split(':');
    if (!importable.includes(name))
      throw new UsageError(unknownName('method with published checkpoints', name, importable));
    const classNames = await classList(classes, subset);
    const templates = prompts === undefined ? undefined : await readTemplates(prompts);
    await checkWritable(out);
    await useDevice();
    const clip = await loadModel(model, modelConfig);
    try {
      const method = await importPublished(file, id, clip, classNames, { init, position, templates });
      await method.save(out);
      const settings = Object.entries(method.options).filter(([, value]) => typeof value !== 'object');
      const shown = settings.map(([key, value]) => `${key} ${value}`).join(', ');
      process.stdout.write(
        `${pc.green('✓')} ${methodTitle(id)} for ${classNames.length} classes in ${printable(out, 4000)}: ${printable(shown, 4000)}\n`,
      );
      method.dispose();
    } finally {
      clip.dispose();
    }
  },
});
