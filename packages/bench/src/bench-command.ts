import { type Clip, loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { type MethodFactory, resolveMethod } from '@dgprompt/methods';
import { Command, Option } from 'commander';
import pc from 'picocolors';
import { type BenchResult, bench } from './bench.js';
import { tableTitle } from './distinguish.js';
import { interrupted } from './interrupt.js';
import { methodTitle } from './method-title.js';
import { addComputeOptions, type ComputeOptions, names, seeds, wholeNumber } from './options.js';
import { reporter } from './reporter.js';
import { showTables } from './show-tables.js';
import { chooseTasks, openSuite, type Suite } from './suite.js';

interface Options extends ComputeOptions {
  suite: string;
  tasks?: string[];
  methods: string[];
  shots: number;
  seeds: number[];
  epochs?: number;
  results: string;
  out?: string;
  json?: true;
}

/** `dgprompt bench`: train on base classes, test on base and new ones, and print the table. */
export function benchCommand(): Command {
  const command = new Command('bench')
    .description('Train methods on the base classes of each task, test on base and new classes, print the table.')
    .addOption(new Option('--suite <name>', 'pictograms, or a folder of tasks').default('pictograms'))
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .addOption(
      new Option('--methods <names>', 'what to compare, as a,b,c')
        .argParser(names)
        .default(['clip', 'coop', 'maple', 'dgprompt'], 'clip,coop,maple,dgprompt'),
    )
    .addOption(new Option('--shots <k>', 'training images a class').argParser(wholeNumber(1, 100_000)).default(16))
    .addOption(new Option('--seeds <numbers>', 'as 1,2,3').argParser(seeds).default([1], '1'))
    .option('--epochs <n>', "instead of each method's published number", wholeNumber(1, 100_000))
    .option('--results <folder>', 'where the records are', 'results')
    .option('--out <file>', 'write the table as Markdown, too')
    .option('--json', 'print JSON and nothing else');
  addComputeOptions(command);
  return command.action(async () => run(command.opts<Options>(), command));
}

async function run(options: Options, command: Command): Promise<void> {
  const { suite, tasks, methods } = await lookUp(options).catch((error: Error) =>
    command.error(`error: ${error.message}`, { exitCode: 2 }),
  );
  const { shots, seeds: chosenSeeds, epochs, results, device, threads, backend } = options;
  const report = reporter();
  const interrupt = interrupted();
  await useDevice({ device, threads, backend });
  const clip: Clip = await loadClip(options.model);
  report.line(heading(suite, tasks, methods, options));
  const started = performance.now();
  const outcome = await bench({
    ...{ clip, suite, tasks, methods, shots, seeds: chosenSeeds, epochs, device, backend, threads, results },
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
    seconds: (performance.now() - started) / 1000,
    more: { failed, stopped: outcome.stopped },
  });
  conclude(outcome, options, plannedCount(tasks, methods, options));
}

const plannedCount = (tasks: string[], methods: MethodFactory[], { seeds }: Options): number =>
  tasks.length * methods.length * seeds.length;

async function lookUp(options: Options): Promise<{ suite: Suite; tasks: string[]; methods: MethodFactory[] }> {
  const suite = await openSuite(options.suite);
  const tasks = chooseTasks(suite, options.tasks);
  const methods: MethodFactory[] = [];
  for (const name of options.methods) methods.push(await resolveMethod(name));
  return { suite, tasks, methods };
}

function heading(suite: Suite, tasks: string[], methods: MethodFactory[], options: Options): string {
  const { shots, seeds, device, threads } = options;
  const seedText = seeds.length === 1 ? `seed ${seeds[0]}` : `${seeds.length} seeds`;
  const where = device === 'cpu' ? `cpu, ${threads === 0 ? 'a thread a core' : `threads: ${threads}`}` : device;
  return [
    pc.bold(`Base-to-new on ${suite.name}: ${methods.map(({ id }) => methodTitle(id)).join(', ')}`),
    `  ${tasks.length} task${tasks.length > 1 ? 's' : ''}, ${shots} shots, ${seedText}: ${plannedCount(tasks, methods, options)} runs on ${where}`,
  ].join('\n');
}

/** What the user should know beside the table, on stderr, and the exit code. */
function conclude({ records, failed, stopped }: BenchResult, { results }: Options, planned: number): void {
  const again = `dgprompt ${process.argv.slice(2).map(quoted).join(' ')}`;
  if (stopped) {
    process.stderr.write(
      `Stopped. ${records.length} of ${planned} runs are finished and kept in ${results}; this goes on from there:\n  ${again}\n`,
    );
    process.exitCode = 130;
  } else if (failed.length > 0) {
    process.stderr.write(
      `${failed.length} of ${planned} runs failed, as said above; this tries only those again:\n  ${again}\n`,
    );
    process.exitCode = 1;
  }
}

const quoted = (argument: string): string =>
  /^[\w./:,=@+-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", "'\\''")}'`;
