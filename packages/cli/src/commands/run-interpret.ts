import { useDevice } from '@dgprompt/engine';
import { interpret, loadMethod } from '@dgprompt/methods';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import type { InterpretCommandOptions } from './interpret-command.js';
import { loadModel } from './load-model.js';
import { methodTitle } from './method-title.js';
import { plain, rules } from './table-text.js';

/** Loads a checkpoint and prints, vector by vector, the words nearest to its context. */
export async function runInterpret(folder: string, { model, top, json }: InterpretCommandOptions): Promise<void> {
  await useDevice();
  const method = await loadMethod(folder, model === undefined ? undefined : await loadModel(model));
  const contexts = interpret(method, { top });
  if (json) {
    process.stdout.write(`${JSON.stringify({ method: method.name, contexts }, null, 2)}\n`);
  } else {
    process.stdout.write(
      `${pc.bold(methodTitle(method.name))} ${pc.dim('(Euclidean distance to token embeddings)')}\n`,
    );
    for (const { classname, vectors } of contexts) {
      const table = new CliTable({ style: plain, chars: rules });
      vectors.forEach((near, m) => {
        table.push([
          pc.dim(String(m + 1)),
          ...near.map(({ word, distance }) => `${word} ${pc.dim(distance.toFixed(3))}`),
        ]);
      });
      process.stdout.write(`${classname === undefined ? '' : `${classname}\n`}${table.toString()}\n`);
    }
  }
  method.dispose();
  method.clip.dispose();
}
