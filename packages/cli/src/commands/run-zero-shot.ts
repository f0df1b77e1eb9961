import { chooseTasks, openSuite, type Suite } from '@dgprompt/bench';
import { brokenImages, evalTransformFor, featureStore, leaveOut } from '@dgprompt/bench/data';
import { checkModel } from '@dgprompt/bench/suites';
import { useDevice } from '@dgprompt/engine';
import { evaluate, zeroshot } from '@dgprompt/methods';
import CliTable from 'cli-table3';
import type { Command } from 'commander';
import pc from 'picocolors';
import { readTemplates } from '../own-images/template-file.js';
import { stoppable } from '../terminal/interrupt.js';
import { loadModel } from '../terminal/load-model.js';
import { reporter } from '../terminal/reporter.js';
import { plain, rules } from '../terminal/table-text.js';
import { textProgress } from '../terminal/text-progress.js';
import type { ZeroShotCommandOptions } from './zero-shot-command.js';

/** Tests the hand-written prompts on each task and prints the percentages. */
export async function runZeroShot(options: ZeroShotCommandOptions, command: Command): Promise<void> {
  const {
    suite,
    tasks: chosen,
    templates,
  } = await lookUp(options).catch((error: Error) => command.error(`error: ${error.message}`, { exitCode: 2 }));
  const { device, threads, backend, precision } = options;
  await useDevice({ device, threads, backend, precision });
  const clip = await loadModel(options.model);
  const report = reporter();
  const tasks: Record<string, { top1: number; classes: number; images: number }> = {};
  await stoppable(
    async signal => {
      for (const [i, task] of chosen.entries()) {
        const show = (fraction: number, text: string) =>
          report.progress((i + fraction) / chosen.length, `${text} ${task}`);
        const progress = (text: string) => (p: { done: number; total: number }) =>
          show(p.done / Math.max(1, p.total), text);
        const whole = await suite.load(task, { signal, onProgress: progress('preparing the images of') });
        for (const warning of whole.warnings ?? []) report.line(`  ${pc.yellow('!')} ${warning}`);
        const broken = options.skipBroken
          ? await brokenImages(whole.test, { signal, onProgress: progress('decoding the images of') })
          : [];
        for (const { reason } of broken) report.line(`  ${pc.yellow('!')} left out: ${reason}`);
        const dataset = leaveOut(whole, broken);
        const method = zeroshot(clip, dataset.classNames, {
          ...{ dataset: dataset.name, templates: templates ?? dataset.templates },
        });
        const { top1, total } = await evaluate(method, dataset.test, {
          ...{
            signal,
            transform: evalTransformFor(clip.imageSize, { cache: options.cache, features: featureStore(options) }),
          },
          onText: textProgress((fraction, text) => show(fraction, `${text} of`)),
          onBatch: progress('testing'),
        });
        method.dispose();
        tasks[task] = { top1, classes: dataset.classNames.length, images: total };
      }
      report.stop();
      printTable(tasks, options.json === true);
    },
    {
      end: () => {
        report.stop();
        clip.dispose();
      },
      stopped: 'Stopped.',
    },
  );
}

async function lookUp(options: ZeroShotCommandOptions): Promise<LookedUp> {
  const suite = await openSuite(options.suite, options);
  const tasks = chooseTasks(suite, options.tasks);
  checkModel(suite, options.model);
  return { suite, tasks, ...(options.templates && { templates: await readTemplates(options.templates) }) };
}

interface LookedUp {
  suite: Suite;
  tasks: string[];
  templates?: string[];
}

function printTable(tasks: Record<string, { top1: number; classes: number; images: number }>, json: boolean): void {
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
