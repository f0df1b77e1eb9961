import { printable } from '@dgprompt/io';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { option, wholeNumber } from '../options/option.js';
import { jsonOption, methodsFromOption, trainedModelOption } from '../options/table.js';

/** `dgprompt interpret`: the words nearest to the learned context. */
export const interpret = defineCommand({
  summary: 'the words nearest to learned context',
  description: 'Print the words of the vocabulary that are nearest to each learned context vector.',
  arguments: [['<folder>', 'a checkpoint: prompts.safetensors and run.json']],
  examples: ['interpret ./coop --top 5'],
  options: {
    top: option('--top <n>', 'words for each vector', wholeNumber(1, 1000).default(3)),
    ...trainedModelOption,
    ...methodsFromOption,
    ...jsonOption,
  },
  async action({ model, modelConfig, methodsFrom, top, json }, [folder]) {
    const { methodTitle } = await import('@dgprompt/bench/methods');
    const { useDevice } = await import('@dgprompt/engine');
    const { loadMethod } = await import('@dgprompt/methods');
    const { interpret } = await import('@dgprompt/methods/evaluation');
    const { savedRun } = await import('@dgprompt/methods/method');
    const { ownMethodsFor } = await import('../options/method-options.js');
    const { clipFor } = await import('../own-images/open-classifier.js');
    const { contextName } = await import('../terminal/context-name.js');
    const { textTable } = await import('../terminal/table.js');
    const run = await savedRun(folder);
    const own = await ownMethodsFor(run.method, folder, methodsFrom, run.code);
    await useDevice();
    const method = await loadMethod(folder, await clipFor(folder, run.clip, model, modelConfig), own);
    const contexts = interpret(method, { top });
    if (json) process.stdout.write(`${JSON.stringify({ method: method.name, contexts }, null, 2)}\n`);
    else {
      const title = `${pc.bold(methodTitle(method.name))} ${pc.dim('(Euclidean distance to token embeddings)')}`;
      const tables = contexts.map(context => {
        const name = printable(contextName(context));
        const groups = context.vectors.map((near, m) => [
          [
            pc.dim(String(m + 1)),
            ...near.map(({ word, distance }) => `${printable(word)} ${pc.dim(distance.toFixed(3))}`),
          ],
        ]);
        return `${name && `${name}\n`}${textTable({ groups })}`;
      });
      process.stdout.write(`${[title, ...tables].join('\n')}\n`);
    }
    method.dispose();
    method.clip.dispose();
  },
});
