import { printable } from '@dgprompt/io';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { option, text } from '../options/option.js';
import { computeOptions, dataOptions, imageOptions, jsonOption, viewsOption } from '../options/table.js';
import { usage } from '../usage-error.js';

/** `dgprompt zero-shot`: top-1 of hand-written prompts over all classes, per task and on average. */
export const zeroShot = defineCommand({
  summary: 'test hand-written prompts',
  description: 'Test a CLIP with hand-written prompts, among all classes of each task.',
  examples: ['zero-shot --tasks mammals,weather', 'zero-shot --suite eurosat --root ~/data --model ./clip-vit-b-16'],
  options: {
    ...dataOptions,
    ...imageOptions,
    templates: option(
      '--templates <file>',
      'average over these prompts: one per line, {} for the name',
      text.optional(),
    ),
    ...viewsOption,
    json: { ...jsonOption.json, help: 'print {"tasks": {name: percent}, "mean": percent} and nothing else' },
    ...computeOptions,
  },
  async action(options) {
    const { chooseTasks, openSuite } = await import('@dgprompt/bench');
    const { brokenImages, evalTransformFor, featureStore, leaveOut } = await import('@dgprompt/bench/data');
    const { checkModel } = await import('@dgprompt/bench/suites');
    const { useDevice } = await import('@dgprompt/engine');
    const { evaluate, zeroshot } = await import('@dgprompt/methods');
    const { readTemplates } = await import('../own-images/template-file.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { loadModel } = await import('../terminal/load-model.js');
    const { textProgress } = await import('../terminal/text-progress.js');

    const lookUp = async () => {
      const suite = await openSuite(options.suite, options);
      const chosen = chooseTasks(suite, options.tasks);
      checkModel(suite, options.model);
      return { suite, chosen, templates: options.templates && (await readTemplates(options.templates)) };
    };
    const { suite, chosen, templates } = await lookUp().catch(usage);
    await useDevice(options);
    const clip = await loadModel(options.model, options.modelConfig);
    const transform = evalTransformFor(clip.preparation, { cache: options.cache, features: featureStore(options) });
    const tasks = new Map<string, Tested>();
    await interruptible(
      async (signal, report) => {
        for (const [i, task] of chosen.entries()) {
          const show = (fraction: number, text: string) =>
            report.progress((i + fraction) / chosen.length, `${text} ${task}`);
          const progress = (text: string) => (p: { done: number; total: number }) =>
            show(p.done / Math.max(1, p.total), text);
          const whole = await suite.load(task, { signal, onProgress: progress('preparing the images of') });
          for (const warning of whole.warnings) report.line(`  ${pc.yellow('!')} ${printable(warning, 4000)}`);
          const broken = options.skipBroken
            ? await brokenImages(whole.test, { signal, onProgress: progress('decoding the images of') })
            : [];
          for (const { reason } of broken) report.line(`  ${pc.yellow('!')} skipped: ${printable(reason, 4000)}`);
          const dataset = leaveOut(whole, broken);
          const method = zeroshot(clip, dataset.classNames, {
            dataset: dataset.name,
            templates: templates || dataset.templates,
          });
          const onText = textProgress((fraction, text) => show(fraction, `${text} of`));
          const onImages = progress('testing');
          const { top1, total, warning } = await evaluate(method, dataset.test, {
            signal,
            transform,
            views: options.views,
            onProgress: p => (p.phase === 'text' ? onText : onImages)(p),
          });
          method.dispose();
          if (warning) report.line(`  ${pc.yellow('!')} ${warning}`);
          tasks.set(task, { top1, classes: dataset.classNames.length, images: total });
        }
        report.stop();
        await printTable(tasks, options.views, options.json === true);
      },
      { interrupted: 'Interrupted.', end: () => clip.dispose() },
    );
  },
});

interface Tested {
  top1: number;
  classes: number;
  images: number;
}

async function printTable(tasks: ReadonlyMap<string, Tested>, views: number, json: boolean): Promise<void> {
  const all = [...tasks];
  const mean = all.reduce((sum, [, { top1 }]) => sum + top1, 0) / all.length;
  if (json) {
    const percents = Object.fromEntries(all.map(([name, { top1 }]) => [name, top1]));
    process.stdout.write(`${JSON.stringify({ tasks: percents, mean, ...(views > 1 && { views }) }, null, 2)}\n`);
    return;
  }
  const { textTable } = await import('../terminal/table.js');
  const rows = all.map(([name, one]) => [
    printable(name),
    String(one.classes),
    String(one.images),
    one.top1.toFixed(1),
  ]);
  const average = ['average', '', '', pc.bold(mean.toFixed(1))];
  const head = ['task', 'classes', 'test images', views > 1 ? `top-1 %, ${views} views` : 'top-1 %'].map(name =>
    pc.dim(name),
  );
  process.stdout.write(`${textTable({ head, groups: [rows, [average]], align: 'lr' })}\n`);
}
