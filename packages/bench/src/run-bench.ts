import type { Clip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import type { MethodFactory } from '@dgprompt/methods';
import type { Command } from 'commander';
import pc from 'picocolors';
import { type BenchResult, bench } from './bench.js';
import type { BenchCommandOptions } from './bench-command.js';
import { type ChosenMethods, chooseMethods } from './choose-methods.js';
import { tableTitle } from './distinguish.js';
import { interrupted } from './interrupt.js';
import { loadModel } from './load-model.js';
import { methodTitle } from './method-title.js';
import { checkModel } from './options.js';
import { reporter } from './reporter.js';
import { sameCommand } from './same-command.js';
import { readSettings } from './settings-file.js';
import { showTables } from './show-tables.js';
import { chooseTasks, openSuite, type Suite } from './suite.js';
import { thisCommand } from './this-command.js';

/** Looks up what was asked for, runs it, shows the table and says how to go on. */
export async function runBench(options: BenchCommandOptions, command: Command): Promise<void> {
  const { suite, tasks, methods, code } = await lookUp(options).catch((error: Error) =>
    command.error(`error: ${error.message}`, { exitCode: 2 }),
  );
  const { shots, seeds: chosenSeeds, epochs, validate, results, device, threads, backend } = options;
  const report = reporter();
  const interrupt = interrupted();
  interrupt.signal.addEventListener('abort', () => report.line('  Stopping; Ctrl-C again stops at once.'));
  await useDevice({ device, threads, backend });
  const clip: Clip = await loadModel(options.model);
  report.line(heading(suite, tasks, methods, options));
  const started = performance.now();
  const outcome = await bench({
    ...{
      clip,
      suite,
      tasks,
      methods,
      code,
      shots,
      seeds: chosenSeeds,
      epochs,
      validate,
      device,
      backend,
      threads,
      results,
    },
    ...{ skipBroken: options.skipBroken, cache: options.cache },
    ...{ reporter: report, signal: interrupt.signal },
  }).finally(() => {
    clip.dispose();
    interrupt.release();
  });
  report.line('');

  const tables = outcome.records.length > 0 ? [{ title: tableTitle(outcome.records), records: outcome.records }] : [];
  const failed = outcome.failed.map(({ error, ...failure }) => ({ ...failure, error: error.message }));
  await showTables(tables, {
    ...options,
    command: thisCommand(),
    ...(outcome.records.length > outcome.found && { seconds: (performance.now() - started) / 1000 }),
    more: { failed, stopped: outcome.stopped },
  });
  conclude(outcome, options, plannedCount(tasks, methods, options));
}

const plannedCount = (tasks: string[], methods: MethodFactory[], { seeds }: BenchCommandOptions): number =>
  tasks.length * methods.length * seeds.length;

async function lookUp(options: BenchCommandOptions): Promise<{ suite: Suite; tasks: string[] } & ChosenMethods> {
  const { suite: name, methods, settings } = options;
  const suite = await openSuite(name, options);
  const tasks = chooseTasks(suite, options.tasks);
  const chosen = await chooseMethods(methods, settings === undefined ? undefined : await readSettings(settings));
  checkModel(suite, options.model);
  return { suite, tasks, ...chosen };
}

function heading(suite: Suite, tasks: string[], methods: MethodFactory[], options: BenchCommandOptions): string {
  const { shots, seeds, device, threads } = options;
  const seedText = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
  const where = device === 'cpu' ? `cpu, ${threads === 0 ? 'a thread a core' : `threads: ${threads}`}` : device;
  return [
    pc.bold(`Base-to-new on ${suite.name}: ${methods.map(({ id }) => methodTitle(id)).join(', ')}`),
    `  ${tasks.length} task${tasks.length > 1 ? 's' : ''}, ${shots} shots, ${seedText}: ${plannedCount(tasks, methods, options)} runs on ${where}`,
  ].join('\n');
}

/** What the user should know beside the table, on stderr, and the exit code. */
function conclude({ records, failed, stopped }: BenchResult, { results }: BenchCommandOptions, planned: number): void {
  if (stopped) {
    const kept = `${records.length} of ${planned} runs are finished and kept in ${results}`;
    process.stderr.write(`Stopped. ${kept}; the same command goes on from there${sameCommand()}\n`);
    process.exitCode = 130;
  } else if (failed.length > 0) {
    const those = failed.length === 1 ? 'only that one' : 'only those';
    process.stderr.write(
      `${failed.length} of ${planned} runs failed, as said above; the same command tries ${those} again${sameCommand()}\n`,
    );
    process.exitCode = 1;
  }
}
