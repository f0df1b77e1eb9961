import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { chooseMethods, chooseTasks, openSuite, search } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { madeBy } from '@dgprompt/bench/records';
import { searchable, searchMarkdown, withEarlier } from '@dgprompt/bench/search';
import { checkModel } from '@dgprompt/bench/suites';
import { useDevice } from '@dgprompt/engine';
import { writeFileAtomic } from '@dgprompt/io';
import type { Command } from 'commander';
import pc from 'picocolors';
import { benchReport } from '../terminal/bench-report.js';
import { interrupted } from '../terminal/interrupt.js';
import { loadModel } from '../terminal/load-model.js';
import { reporter } from '../terminal/reporter.js';
import { thisCommand } from '../terminal/this-command.js';
import type { SearchCommandOptions } from './search-command.js';

/** Runs the search, writes what was chosen, and prints it. */
export async function runSearch(options: SearchCommandOptions, command: Command): Promise<void> {
  const { shots, seed, results, device, threads, backend, precision, out } = options;
  const { suite, tasks, methods, code } = await lookUp(options).catch((error: Error) =>
    command.error(`error: ${error.message}`, { exitCode: 2 }),
  );
  const report = reporter();
  const interrupt = interrupted();
  interrupt.signal.addEventListener('abort', () => report.line('  Stopping; Ctrl-C again stops at once.'));
  await useDevice({ device, threads, backend, precision });
  const clip = await loadModel(options.model);
  try {
    const result = await search({
      ...{ clip, suite, tasks, methods, code, shots, seed, results },
      ...{ device, threads, backend, precision },
      ...{
        factors: { lr: options.lr, epochs: options.epochs },
        onEvent: benchReport(report),
        signal: interrupt.signal,
      },
    });
    const all = await withEarlier(`${out}.json`, result);
    await mkdir(dirname(out), { recursive: true });
    await writeFileAtomic(`${out}.json`, `${JSON.stringify(all, null, 2)}\n`);
    await writeFileAtomic(`${out}.md`, `${searchMarkdown(all)}\n\n${madeBy(thisCommand())}\n`);
    for (const [id, { chosen, tried }] of Object.entries(result.methods)) {
      const { H } = tried.find(one => one.options === chosen)!;
      process.stdout.write(`${pc.bold(methodTitle(id).padEnd(10))} H ${H.toFixed(1)}  ${chosen}\n`);
    }
    process.stdout.write(pc.dim(`${out}.json, for \`dgprompt bench --settings\`, and ${out}.md\n`));
  } catch (error) {
    if (!interrupt.signal.aborted) throw error;
    process.stderr.write(`Stopped. Finished runs are kept in ${results}; the same command goes on from there.\n`);
    process.exitCode = 130;
  } finally {
    clip.dispose();
    interrupt.release();
  }
}

async function lookUp({ suite: name, root, tasks, methods, model }: SearchCommandOptions) {
  const suite = await openSuite(name, { root });
  const chosen = await chooseMethods(methods.flatMap(one => (one === 'all' ? searchable : [one])));
  const without = chosen.methods.find(({ id }) => id === 'clip' || id === 'linear-probe');
  if (without) throw new Error(`${without.id} has nothing to search here; leave it out.`);
  const chosenTasks = chooseTasks(suite, tasks);
  checkModel(suite, model);
  return { suite, tasks: chosenTasks, ...chosen };
}
