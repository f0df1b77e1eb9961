import { cachedModels, hubSettings, pullModel, removeModel, verifyModel } from '@dgprompt/clip/hub';
import { bytes } from '@dgprompt/io';
import CliTable from 'cli-table3';
import pc from 'picocolors';
import { stoppable } from '../terminal/interrupt.js';
import { reporter } from '../terminal/reporter.js';
import { plain, rules } from '../terminal/table-text.js';

/** `dgprompt models pull`: prints the folder on stdout, progress on stderr. */
export async function pull(id: string, { revision }: { revision: string }): Promise<void> {
  const report = reporter();
  await stoppable(
    async signal => {
      const folder = await pullModel(id, {
        revision,
        signal,
        onProgress: ({ file, done, total }) =>
          report.progress(done / Math.max(1, total), `${file}, ${bytes(done)} of ${bytes(total)}`),
      });
      report.stop();
      process.stdout.write(`${folder}\n`);
    },
    { end: () => report.stop(), stopped: 'Stopped. The same command goes on with what is there.' },
  );
}

/** `dgprompt models list`. */
export async function list({ json }: { json?: true }): Promise<void> {
  const models = await cachedModels();
  if (json) {
    const rows = models.map(({ id, size, path }) => ({ id, bytes: size, path }));
    process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
    return;
  }
  if (models.length === 0) {
    process.stdout.write(`There are no models in ${hubSettings().cache}; dgprompt models pull ID downloads one.\n`);
    return;
  }
  const text = new CliTable({
    head: ['model', 'size', 'folder'].map(name => pc.dim(name)),
    style: plain,
    colAligns: ['left', 'right', 'left'],
    chars: rules,
  });
  for (const { id, size, path } of models) text.push([id, bytes(size), path]);
  process.stdout.write(`${text.toString()}\n`);
}

/** `dgprompt models verify`: the exit code is 1 if a file is not what it should be. */
export async function verify(ids: readonly string[]): Promise<void> {
  const chosen = ids.length > 0 ? ids : (await cachedModels()).map(({ id }) => id);
  for (const id of chosen)
    for (const { file, wrong } of await verifyModel(id)) {
      if (wrong) process.exitCode = 1;
      process.stdout.write(`${wrong ? pc.red('✗') : pc.green('✓')} ${id} ${file}${wrong ? `: ${wrong}` : ''}\n`);
    }
  if (process.exitCode === 1)
    process.stderr.write('dgprompt: delete what is wrong with dgprompt models rm, and pull it again.\n');
}

/** `dgprompt models rm`. */
export async function remove(ids: readonly string[]): Promise<void> {
  for (const id of ids) process.stdout.write(`${id}: ${bytes(await removeModel(id))} freed\n`);
}
