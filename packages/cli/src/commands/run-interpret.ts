import { methodTitle } from '@dgprompt/bench/methods';
import { useDevice } from '@dgprompt/engine';
import { loadMethod } from '@dgprompt/methods';
import { interpret } from '@dgprompt/methods/evaluation';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import { loadModel } from '../terminal/load-model.js';
import { plain, rules } from '../terminal/table-text.js';
import type { InterpretCommandOptions } from './interpret-command.js';

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
