import { resolve } from 'node:path';
import type { Dataset } from '@dgprompt/datasets';
import { printable } from '@dgprompt/io';
import type { Method } from '@dgprompt/methods';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { oneOf, option, positive, seed, text, wholeNumber } from '../options/option.js';
import {
  cacheFeaturesOption,
  computeOptions,
  descriptionsOption,
  imageOptions,
  jsonOption,
  keepOptions,
  setOption,
} from '../options/table.js';
import type { Reporter } from '../terminal/reporter.js';
import { sameCommand } from '../terminal/this-command.js';
import { UsageError, usage } from '../usage-error.js';

const options = {
  out: option('--out <folder>', 'for the classifier; run again to resume after Ctrl-C', text),
  method: option('--method <name>', 'maple, coop:csc, ./mine.ts, … (default: best of four)', text.optional()),
  ...setOption,
  shots: option('--shots <k>', 'training images per class (default: all)', wholeNumber(1, 100_000).optional()),
  epochs: option('--epochs <n>', "instead of the method's published number", wholeNumber(1, 100_000).optional()),
  lr: option('--lr <x>', 'the same for the learning rate', positive.optional()),
  batch: option('--batch <n>', 'the same for images per step', wholeNumber(1, 4096).optional()),
  seed: option('--seed <n>', 'for the shots and the training', seed.default(1)),
  template: option('--template <text>', 'hand-written prompt', text.default('a photo of a {}.')),
  augment: option('--augment <how>', 'full, crop, none', oneOf('augment', ['full', 'crop', 'none']).default('full')),
  ...descriptionsOption,
  ...cacheFeaturesOption,
  ...keepOptions,
  skipBroken: imageOptions.skipBroken,
  json: { ...jsonOption.json, help: 'print the entry that run.json gets, and nothing else' },
  ...computeOptions,
};

/** `dgprompt train`: turns a folder of images into a classifier. */
export const train = defineCommand({
  summary: 'a classifier for your own images',
  description: 'Train a classifier on a folder with one folder of images per class.',
  arguments: [['<folder>', 'the images, or a zip of it; train, val, test inside are kept']],
  examples: ['train ./flowers --out ./classifier', 'train ./flowers --out ./classifier --method maple --shots 16'],
  notes:
    'Without --method, four methods are tried, and the best on validation images is saved: zero-shot CLIP, ' +
    'class memory and a linear probe take seconds, DGPrompt minutes to hours. Ctrl-C during DGPrompt saves the best ' +
    'so far.',
  options,
  async action(options, [folder], context) {
    const { checkAllKnown, checkTakesDescriptions, descriptionsFor, featureStore, readDescriptions } = await import(
      '@dgprompt/bench/data'
    );
    const { methodTitle } = await import('@dgprompt/bench/methods');
    const { leaves, useDevice } = await import('@dgprompt/engine');
    const { defaultMethods, trainClassifier } = await import('@dgprompt/methods/classifier');
    const { sayInt8Warning } = await import('../doctor/int8-warning.js');
    const { checkIdle, givenAmong, stepless } = await import('../options/idle-options.js');
    const { severalMethods, withoutGiven } = await import('../options/method-options.js');
    const { checkApart } = await import('../own-images/check-apart.js');
    const { ownImages } = await import('../own-images/own-images.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { loadModel } = await import('../terminal/load-model.js');
    const { reporter } = await import('../terminal/reporter.js');
    const { narrator } = await import('../terminal/train-report.js');
    const { conclusion } = await import('../terminal/train-text.js');
    const { shots, seed, template, out, augment, keep, epochs, lr, batch } = options;
    const names = options.method === undefined ? defaultMethods : [options.method];
    const fileOptions = withoutGiven(context, { epochs, lr, batch });
    const chosen = await severalMethods(names, options.set, fileOptions, options.method).catch(usage);
    for (const { factory } of chosen) await checkGivenOnce(factory.id, { epochs, lr, batch });
    await checkApart(folder, out).catch(usage);
    const read = async (file: string) => {
      const sentences = await readDescriptions(file);
      const factories = chosen.map(({ factory }) => factory);
      checkTakesDescriptions(factories, sentences);
      return sentences;
    };
    const described = options.descriptions === undefined ? undefined : await read(options.descriptions).catch(usage);
    const report = reporter();
    const whole = await ownImages(folder, { seed, template, shots });
    const dataset = options.skipBroken ? await withoutBroken(whole, report) : whole;
    if (described) checkAllKnown(described, [dataset]);
    const title = chosen.length > 1 ? `${chosen.length} methods` : methodTitle(chosen[0]!.factory.id);
    report.line(pc.bold(`${title} on ${printable(resolve(folder), 4000)}`));
    report.line(`  ${contents(dataset)}`);
    for (const warning of dataset.warnings) report.line(`  ${pc.yellow('!')} ${printable(warning, 4000)}`);
    await useDevice(options);
    const clip = await loadModel(options.model, options.modelConfig);
    await interruptible(
      async signal => {
        await sayInt8Warning({ clip, compute: options, report }, async () => dataset);
        const methods = chosen.map(({ factory }) => {
          const descriptions = described && factory.definition.described && descriptionsFor(described, clip, [dataset]);
          const settings = { shots: shots ?? 16, seed, ...(descriptions && { descriptions }) };
          const takesSteps = chosen.length === 1 || factory.resolve(clip, dataset, settings).training === 'epochs';
          return factory(clip, dataset, takesSteps ? { ...settings, epochs, lr, batch } : settings);
        });
        const takesSteps = ({ recipe, learner }: Method) => recipe.epochs > 0 && leaves(learner.variables).length > 0;
        if (!methods.some(one => takesSteps(one) || one.learner.adapt)) {
          const idle = [...givenAmong(stepOptions, options), ...idleViews(methods, options)];
          checkIdle(idle, [methods[0]!.name], stepless);
        }
        const { code, file } = chosen[0]!;
        const trained = await trainClassifier(methods, dataset, {
          out,
          source: resolve(folder),
          title: methodTitle,
          code,
          keep,
          patience: options.patience,
          signal,
          augment: augment === 'crop' ? 'crop' : augment === 'full',
          cacheFeatures: options.cacheFeatures,
          features: featureStore(options),
          ...narrator(report, methods, dataset),
        });
        report.stop();
        if (trained.result.warning) report.line(`  ${pc.yellow('!')} ${trained.result.warning}`);
        const text = options.json ? JSON.stringify(trained, null, 2) : conclusion(trained, { out, file });
        process.stdout.write(`${text}\n`);
        signal.throwIfAborted();
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

/** Options of views that no method learns from, if none takes steps. */
function idleViews(methods: readonly Method[], given: { augment: string; cacheFeatures?: number }): string[] {
  const readsAugmented = methods.some(({ learner }) => learner.readsAugmented);
  return [
    ...(given.augment === 'crop' && !readsAugmented ? ['--augment crop'] : []),
    ...(given.cacheFeatures ? [`--cache-features ${given.cacheFeatures}`] : []),
  ];
}

/** @throws UsageError if a method's name or `--set` sets what an option of the command sets, too */
async function checkGivenOnce(id: string, given: Readonly<Record<string, number | undefined>>): Promise<void> {
  const { optionValues } = await import('@dgprompt/methods/method');
  const named = optionValues(id.slice(id.indexOf(':') + 1));
  for (const [key, value] of Object.entries(given))
    if (value !== undefined && named.has(key))
      throw new UsageError(`--${key} ${value} and ${id} both set ${key}; leave one of them out.`);
}

/** Removes images that do not decode, and names each of them. */
async function withoutBroken(whole: Dataset, report: Reporter): Promise<Dataset> {
  const { brokenImages, leaveOut } = await import('@dgprompt/bench/data');
  const { splits } = await import('@dgprompt/datasets');
  const broken = await brokenImages(
    splits.flatMap(split => whole[split]),
    { onProgress: ({ done, total }) => report.progress(done / total, 'decoding the images') },
  );
  report.stop();
  for (const { reason } of broken) report.line(`  ${pc.yellow('!')} skipped: ${printable(reason, 4000)}`);
  const left = leaveOut(whole, broken);
  const empty = whole.classNames.find((_, label) => !left.train.some(one => one.label === label));
  if (empty !== undefined)
    throw new Error(`No training image of the class "${empty}" can be read; replace its images, or remove the class.`);
  return left;
}

function contents({ classNames, train, val, test }: Dataset): string {
  const heldOut = [
    `${val.length > 0 ? val.length : 'none'} for validation`,
    test.length > 0 ? `${test.length} to test` : 'none to test',
  ];
  const all = train.length + val.length + test.length;
  return `${classNames.length} classes, ${all} images: ${train.length} to train on, ${heldOut.join(', ')}`;
}
