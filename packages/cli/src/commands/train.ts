import { resolve } from 'node:path';
import type { Dataset } from '@dgprompt/datasets';
import { duration, printable, timeLeft } from '@dgprompt/io';
import type { Epoch, Step } from '@dgprompt/methods';
import type { ClassifierProgress } from '@dgprompt/methods/classifier';
import type { Trained } from '@dgprompt/methods/method';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { oneOf, option, positive, seed, text, wholeNumber } from '../options/option.js';
import {
  cacheFeaturesOption,
  computeOptions,
  imageOptions,
  jsonOption,
  keepOptions,
  setOption,
} from '../options/table.js';
import { eta } from '../terminal/eta.js';
import type { Reporter } from '../terminal/reporter.js';
import { quotedPath, sameCommand } from '../terminal/this-command.js';
import { UsageError, usage } from '../usage-error.js';

const options = {
  out: option('--out <folder>', 'for the classifier; run again to resume after Ctrl-C', text),
  method: option('--method <name>', 'as maple, coop:csc, ./mine.ts', text.default('dgprompt')),
  ...setOption,
  shots: option('--shots <k>', 'training images per class (default: all)', wholeNumber(1, 100_000).optional()),
  epochs: option('--epochs <n>', "instead of the method's published number", wholeNumber(1, 100_000).optional()),
  lr: option('--lr <x>', 'learning rate, likewise', positive.optional()),
  batch: option('--batch <n>', 'images per step, likewise', wholeNumber(1, 4096).optional()),
  seed: option('--seed <n>', 'of the shots and the training', seed.default(1)),
  template: option('--template <text>', 'hand-written prompt', text.default('a photo of a {}.')),
  augment: option('--augment <how>', 'full, crop, none', oneOf('augment', ['full', 'crop', 'none']).default('full')),
  ...cacheFeaturesOption,
  ...keepOptions,
  skipBroken: imageOptions.skipBroken,
  json: { ...jsonOption.json, help: 'print the classifier’s entry of run.json and nothing else' },
  ...computeOptions,
};

/** `dgprompt train`: from a folder of images to a classifier's folder. */
export const train = defineCommand({
  summary: 'a classifier for your own images',
  description: 'Train a classifier on a folder with one folder of images per class.',
  arguments: [['<folder>', 'the images; train, val and test inside are used as they are']],
  examples: ['train ./flowers --out ./classifier', 'train ./flowers --out ./classifier --method maple --shots 16'],
  options,
  async action(options, [folder], context) {
    const { featureStore } = await import('@dgprompt/bench/data');
    const { methodTitle } = await import('@dgprompt/bench/methods');
    const { leaves, useDevice } = await import('@dgprompt/engine');
    const { trainClassifier } = await import('@dgprompt/methods/classifier');
    const { oneMethod } = await import('../options/method-options.js');
    const { checkApart } = await import('../own-images/check-apart.js');
    const { ownImages } = await import('../own-images/own-images.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { loadModel } = await import('../terminal/load-model.js');
    const { reporter } = await import('../terminal/reporter.js');
    const { shots, seed, template, epochs, lr, batch, out, augment, keep } = options;
    const { factory, file, code } = await oneMethod(options.method, options.set, context).catch(usage);
    await checkApart(folder, out).catch(usage);
    const report = reporter();
    const whole = await ownImages(folder, { seed, template, shots });
    const dataset = options.skipBroken ? await withoutBroken(whole, report) : whole;
    report.line(pc.bold(`${methodTitle(factory.id)} on ${printable(resolve(folder), 4000)}`));
    report.line(`  ${contents(dataset)}`);
    for (const warning of dataset.warnings) report.line(`  ${pc.yellow('!')} ${printable(warning, 4000)}`);
    await useDevice(options);
    const clip = await loadModel(options.model);
    await interruptible(
      async signal => {
        const method = factory(clip, dataset, { shots: shots ?? 16, seed, epochs, lr, batch });
        const takesSteps = method.recipe.epochs > 0 && leaves(method.learner.variables).length > 0;
        if (!takesSteps && !method.learner.adapt) checkStepOptions(method.name, options);
        const trained = await trainClassifier(method, dataset, {
          out,
          source: resolve(folder),
          title: methodTitle(factory.id),
          code,
          keep,
          patience: options.patience,
          signal,
          augment: augment === 'crop' ? 'crop' : augment === 'full',
          cacheFeatures: options.cacheFeatures,
          features: featureStore(options),
          ...narrator(report, method.recipe, dataset),
        });
        report.stop();
        if (trained.result.warning) report.line(`  ${pc.yellow('!')} ${trained.result.warning}`);
        process.stdout.write(`${options.json ? JSON.stringify(trained, null, 2) : conclusion(trained, out, file)}\n`);
      },
      {
        interrupted: `Interrupted. Finished epochs are kept; run the same command to resume${sameCommand()}`,
        report,
        end: () => clip.dispose(),
      },
    );
  },
});

/** Options of the recipe's steps and epochs. */
const stepOptions = ['epochs', 'lr', 'batch', 'keep', 'patience'] as const;

/** @throws UsageError for options of gradient steps, which this method does not take */
function checkStepOptions(name: string, options: Partial<Record<(typeof stepOptions)[number], unknown>>): void {
  const idle = stepOptions.filter(key => options[key] !== undefined).map(key => `--${key}`);
  if (idle.length === 0) return;
  const all = idle.length === 1 ? idle[0] : `${idle.slice(0, -1).join(', ')} and ${idle.at(-1)}`;
  const [verb, them] = idle.length === 1 ? ['has', 'it'] : ['have', 'them'];
  throw new UsageError(`${all} ${verb} no effect on ${name}, which takes no gradient steps; leave ${them} out.`);
}

/** Without images that do not decode, each of which is named. */
async function withoutBroken(whole: Dataset, report: Reporter): Promise<Dataset> {
  const { brokenImages, leaveOut } = await import('@dgprompt/bench/data');
  const { splits } = await import('@dgprompt/datasets');
  const broken = await brokenImages(
    splits.flatMap(split => whole[split]),
    { onProgress: ({ done, total }) => report.progress(done / total, 'decoding the images') },
  );
  report.stop();
  for (const { reason } of broken) report.line(`  ${pc.yellow('!')} skipped: ${printable(reason, 4000)}`);
  return leaveOut(whole, broken);
}

function contents({ classNames, train, val, test }: Dataset): string {
  const heldOut = [
    val.length > 0 ? `${val.length} to choose the epoch by` : 'none to choose the epoch by',
    test.length > 0 ? `${test.length} to test` : 'none to test',
  ];
  const all = train.length + val.length + test.length;
  return `${classNames.length} classes, ${all} images: ${train.length} to train on, ${heldOut.join(', ')}`;
}

/** A forward pass takes about this share of a training step's time per image, until it is measured. */
const forwardShare = 0.4;

/** Reports training: epochs as lines, and a bar with the loss and the time left. */
function narrator(report: Reporter, { epochs, batch }: { epochs: number; batch: number }, dataset: Dataset) {
  const { train, val, test } = dataset;
  const steps = Math.max(1, Math.floor(train.length / batch));
  const tested = (test.length > 0 ? test : val.length > 0 ? val : train).length;
  const estimate = eta();
  let last = performance.now();
  let isFirstStep = true; // of an epoch: it builds the graph, or follows a validation
  let stepCount = 0;
  let stepSeconds = 0;
  let isValidated = false;
  const timeAfter = (epoch: number, step: number) => {
    // the CLIP without training is tested too, and is faster
    const images = (epochs - epoch + 1) * val.length + 1.5 * tested;
    const forward = isValidated
      ? { kind: 'image', units: images }
      : { kind: 'step', units: (images / batch) * forwardShare };
    return estimate.left([], [{ kind: 'step', units: (epochs - epoch) * steps + (steps - step) }, forward]);
  };
  const onStep = ({ epoch, step, loss }: Step) => {
    const now = performance.now();
    if (!isFirstStep) {
      estimate.finished({ kind: 'step', units: 1 }, (now - last) / 1000);
      stepSeconds += (now - last) / 1000;
      stepCount++;
    }
    last = now;
    isFirstStep = false;
    const left = timeAfter(epoch, step);
    if (stepCount === 3 && left && epoch === 1) {
      const total = timeLeft(left).replace(' left', '');
      report.line(`  ${epochs} epochs of ${steps} steps at ${duration(stepSeconds / stepCount)}: ${total} in total`);
    }
    const suffix = left ? ` · ${timeLeft(left)}` : '';
    const fraction = (epoch - 1 + step / steps) / epochs;
    report.progress(fraction, `epoch ${epoch}/${epochs} · loss ${loss.toFixed(3)}${suffix}`);
  };
  return {
    onProgress(progress: ClassifierProgress) {
      const { phase, done, total } = progress;
      if (phase === 'features') report.progress(0, `image features ${done}/${total}`);
      if (progress.phase === 'steps') onStep(progress);
      if (phase === 'images') report.progress(done / total, 'testing, also the CLIP without training');
    },
    onResume(done: readonly Epoch[]) {
      report.line(`  resuming after epoch ${done.length} of ${epochs}`);
      for (const epoch of done) report.line(epochLine(epoch));
    },
    onEpoch(epoch: Epoch) {
      const now = performance.now();
      if (val.length > 0) {
        estimate.finished({ kind: 'image', units: val.length }, (now - last) / 1000);
        isValidated = true;
      }
      last = now;
      isFirstStep = true;
      report.line(epochLine(epoch));
    },
  };
}

function epochLine({ number, epochs, loss, validation, seconds }: Epoch): string {
  const tested = validation === undefined ? '' : ` · validation ${validation.toFixed(1)} %`;
  return `  epoch ${number}/${epochs} · loss ${loss.toFixed(3)}${tested} · ${duration(seconds)}`;
}

function conclusion({ epoch, epochs, result }: Trained, out: string, file?: string): string {
  const where = { test: 'test', validation: 'validation', training: 'training' }[result.on];
  const from = file === undefined ? '' : ` --methods-from ${quotedPath(resolve(file))}`;
  const kept = epoch < epochs.length ? `, epoch ${epoch} kept` : '';
  return [
    `${pc.bold(`${result.top1.toFixed(1)} %`)} of ${result.images} ${where} images correct, ${result.zeroShot.toFixed(1)} % before training${kept}.`,
    `${printable(out, 4000)} has the classifier; see card.md in it for details. Next:`,
    `  dgprompt predict ${quotedPath(resolve(out))} photo.jpg${from}`,
  ].join('\n');
}
