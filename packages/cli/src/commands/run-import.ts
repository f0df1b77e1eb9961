import { methodTitle } from '@dgprompt/bench/methods';
import { useDevice } from '@dgprompt/engine';
import { unknownName } from '@dgprompt/io';
import { importable, importPublished } from '@dgprompt/methods/published';
import type { Command } from 'commander';
import pc from 'picocolors';
import { classList } from '../own-images/class-list.js';
import { loadModel } from '../terminal/load-model.js';
import type { ImportCommandOptions } from './import-command.js';

/** Reads a published checkpoint and writes ours. */
export async function runImport(file: string, options: ImportCommandOptions, command: Command): Promise<void> {
  const { method: id, classes, subset, out, start, position, model } = options;
  if (!importable.includes(id)) {
    command.error(`error: ${unknownName('method with published checkpoints', id, importable)}`, { exitCode: 2 });
  }
  const classNames = await classList(classes, subset);
  await useDevice();
  const clip = await loadModel(model);
  try {
    const method = await importPublished(file, id, clip, classNames, { start, position });
    await method.save(out);
    const settings = Object.entries(method.options).filter(([, value]) => typeof value !== 'object');
    process.stdout.write(
      `${pc.green('✓')} ${methodTitle(id)} for ${classNames.length} classes in ${out}: ${settings.map(([key, value]) => `${key} ${value}`).join(', ')}\n`,
    );
    method.dispose();
  } finally {
    clip.dispose();
  }
}
