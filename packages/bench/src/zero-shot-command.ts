import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { evaluate, zeroshot } from '@dgprompt/methods';
import CliTable from 'cli-table3';
import { Command } from 'commander';
import pc from 'picocolors';
import { interrupted } from './interrupt.js';
import { addComputeOptions, type ComputeOptions, names } from './options.js';
import { reporter } from './reporter.js';
import { chooseTasks, openSuite } from './suite.js';
import { plain, rules } from './table-text.js';

interface Options extends ComputeOptions {
  suite: string;
  tasks?: string[];
  json?: true;
}

/** `dgprompt zero-shot`: top-1 of hand-written prompts among all classes, per task and on average. */
export function zeroShotCommand(): Command {
  const command = new Command('zero-shot')
    .description('Test a CLIP with hand-written prompts, among all classes of each task.')
    .option('--suite <name>', 'pictograms, or a folder of tasks', 'pictograms')
    .option('--tasks <names>', 'only these tasks of the suite, as a,b,c', names)
    .option('--json', 'print {"tasks": {name: percent}, "mean": percent} and nothing else');
  addComputeOptions(command);
  return command.action(async () => run(command.opts<Options>(), command));
}

async function run(options: Options, command: Command): Promise<void> {
  const usage = (error: Error) => command.error(`error: ${error.message}`, { exitCode: 2 });
  const suite = await openSuite(options.suite).catch(usage);
  const chosen = (() => {
    try {
      return chooseTasks(suite, options.tasks);
    } catch (error) {
      return usage(error as Error);
    }
  })();

  const { device, threads, backend } = options;
  await useDevice({ device, threads, backend });
  const clip = await loadClip(options.model);
  const report = reporter();
  const { signal, release } = interrupted();
  const tasks: Record<string, { top1: number; classes: number; images: number }> = {};
  try {
    for (const [i, task] of chosen.entries()) {
      const progress = (text: string) => (p: { done: number; total: number }) =>
        report.progress((i + p.done / Math.max(1, p.total)) / chosen.length, `${text} ${task}`);
      const dataset = await suite.load(task, { signal, onProgress: progress('preparing the images of') });
      const method = zeroshot(clip, dataset.classNames, { dataset: dataset.name, templates: dataset.templates });
      const { top1, total } = await evaluate(method, dataset.test, { signal, onBatch: progress('testing') });
      method.dispose();
      tasks[task] = { top1, classes: dataset.classNames.length, images: total };
    }
  } finally {
    report.stop();
    release();
    clip.dispose();
  }
  show(tasks, options.json === true);
}

function show(tasks: Record<string, { top1: number; classes: number; images: number }>, json: boolean): void {
  const all = Object.values(tasks);
  const mean = all.reduce((sum, { top1 }) => sum + top1, 0) / all.length;
  if (json) {
    const percents = Object.fromEntries(Object.entries(tasks).map(([name, { top1 }]) => [name, top1]));
    process.stdout.write(`${JSON.stringify({ tasks: percents, mean }, null, 2)}\n`);
    return;
  }
  const text = new CliTable({
    head: ['task', 'classes', 'test images', 'top-1 %'].map(name => pc.dim(name)),
    style: plain,
    colAligns: ['left', 'right', 'right', 'right'],
    chars: rules,
  });
  const column = (of: (task: (typeof all)[number]) => string) => all.map(of).join('\n');
  text.push(
    [
      Object.keys(tasks).join('\n'),
      column(({ classes }) => String(classes)),
      column(({ images }) => String(images)),
      column(({ top1 }) => top1.toFixed(1)),
    ],
    ['average', '', '', pc.bold(mean.toFixed(1))],
  );
  process.stdout.write(`${text.toString()}\n`);
}
