import { resolve } from 'node:path';
import { featureStore } from '@dgprompt/bench/data';
import { methodTitle } from '@dgprompt/bench/methods';
import type { Dataset } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { duration, timeLeft } from '@dgprompt/io';
import { type Epoch, resolveMethod, type Step } from '@dgprompt/methods';
import { type Trained, trainClassifier } from '@dgprompt/methods/classifier';
import type { Command } from 'commander';
import pc from 'picocolors';
import { cachedViewsOf } from '../options.js';
import { ownImages } from '../own-images/own-images.js';
import { interrupted } from '../terminal/interrupt.js';
import { loadModel } from '../terminal/load-model.js';
import { type Reporter, reporter } from '../terminal/reporter.js';
import { sameCommand } from '../terminal/same-command.js';
import { trainingPace } from '../terminal/training-pace.js';
import type { TrainCommandOptions } from './train-command.js';

/** Trains a classifier on a folder of images and says how it goes. */
export async function runTrain(folder: string, options: TrainCommandOptions, command: Command): Promise<void> {
  const { shots, seed, template, epochs, lr, batch, device, threads, backend, precision } = options;
  const usage = (error: Error) => command.error(`error: ${error.message}`, { exitCode: 2 });
  let factory: ReturnType<typeof resolveMethod>;
  try {
    factory = resolveMethod(options.method);
  } catch (error) {
    return usage(error as Error);
  }
  const { dataset, warnings } = await ownImages(folder, { seed, template, shots });
  const report = reporter();
  report.line(pc.bold(`${methodTitle(factory.id)} on ${resolve(folder)}`));
  report.line(`  ${found(dataset)}`);
  for (const warning of warnings) report.line(`  ${pc.yellow('!')} ${warning}`);

  const { signal, release } = interrupted();
  signal.addEventListener('abort', () => report.line('  Stopping; Ctrl-C again stops at once.'));
  await useDevice({ device, threads, backend, precision });
  const clip = await loadModel(options.model);
  try {
    const about = { dataset: dataset.name, templates: dataset.templates, shots: shots ?? 16 };
    const method = factory(clip, dataset.classNames, { ...about, seed, epochs, lr, batch });
    const trained = await trainClassifier(method, dataset, {
      ...{ out: options.out, source: resolve(folder), warnings, signal },
      augment: options.augment === 'full' ? true : options.augment === 'crop' ? 'crop' : false,
      ...{ cacheFeatures: cachedViewsOf(options.cacheFeatures), features: featureStore(options) },
      ...narrator(report, method.recipe, dataset),
    });
    report.stop();
    if (options.json) process.stdout.write(`${JSON.stringify(trained, null, 2)}\n`);
    else process.stdout.write(`${conclusion(trained, options.out)}\n`);
  } catch (error) {
    if (!signal.aborted) throw error;
    report.stop();
    process.stderr.write(`Stopped; what is done is kept, and the same command goes on from there${sameCommand()}\n`);
    process.exitCode = 130;
  } finally {
    report.stop();
    release();
    clip.dispose();
  }
}

function found({ classNames, train, val, test }: Dataset): string {
  const held = [
    val.length > 0 ? `${val.length} to choose the epoch by` : 'none to choose the epoch by',
    test.length > 0 ? `${test.length} to test` : 'none to test',
  ];
  const all = train.length + val.length + test.length;
  return `${classNames.length} classes, ${all} images: ${train.length} to train on, ${held.join(', ')}`;
}

/** Says how training goes: epochs as lines, and between them a bar with loss and time left. */
function narrator(report: Reporter, { epochs, batch }: { epochs: number; batch: number }, dataset: Dataset) {
  const steps = Math.max(1, Math.floor(dataset.train.length / batch));
  const judged = (dataset.test.length > 0 ? dataset.test : dataset.val.length > 0 ? dataset.val : dataset.train).length;
  const pace = trainingPace({ epochs, steps, batch, validation: dataset.val.length, judged });
  let [last, first, stepped] = [performance.now(), true, 0];
  const fraction = (epoch: number, step: number) => (epoch - 1 + step / steps) / epochs;
  return {
    onFeatures: ({ done, total }: { done: number; total: number }) =>
      report.progress(0, `image features ${done}/${total}`),
    onResume(done: Epoch[]) {
      report.line(`  going on after epoch ${done.length} of ${epochs}`);
      for (const epoch of done) report.line(epochLine(epoch));
    },
    onStep({ epoch, step, loss }: Step) {
      const now = performance.now();
      if (!first) pace.step((now - last) / 1000); // the first step builds the graph
      [last, first] = [now, false];
      const left = pace.remaining(epoch, step);
      if (++stepped === 4 && left)
        report.line(
          `  ${epochs} epochs of ${steps} steps at ${duration(pace.secondsPerStep)}: ${timeLeft(left).replace(' left', '')} in all`,
        );
      const eta = left ? ` · ${timeLeft(left)}` : '';
      report.progress(fraction(epoch, step), `epoch ${epoch}/${epochs} · loss ${loss.toFixed(3)}${eta}`);
    },
    onEpoch(epoch: Epoch) {
      const now = performance.now();
      pace.validated((now - last) / 1000);
      [last, first] = [now, true];
      report.line(epochLine(epoch));
    },
    onJudged({ done, total }: { done: number; total: number }) {
      report.progress(done / total, 'testing, and testing the CLIP without training');
    },
  };
}

function epochLine({ number, epochs, loss, validation, seconds }: Epoch): string {
  const judged = validation === undefined ? '' : ` · validation ${validation.toFixed(1)} %`;
  return `  epoch ${number}/${epochs} · loss ${loss.toFixed(3)}${judged} · ${duration(seconds)}`;
}

function conclusion({ epoch, epochs, result }: Trained, out: string): string {
  const where = { test: 'test', validation: 'validation', training: 'training' }[result.on];
  const kept = epoch < epochs.length ? `, epoch ${epoch} kept` : '';
  return [
    `${pc.bold(`${result.top1.toFixed(1)} %`)} of ${result.images} ${where} images right, ${result.zeroShot.toFixed(1)} % before training${kept}.`,
    `${out} holds the classifier; card.md in it says more. Next:`,
    `  dgprompt predict ${out} photo.jpg`,
  ].join('\n');
}
