import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Experiment, RunConfig, RunRecord } from '@dgprompt/bench';
import type { Opened } from '@dgprompt/bench/runs';
import type { Clip } from '@dgprompt/clip';
import type { Compute } from '@dgprompt/engine';
import { duration, printable, sha256Hex } from '@dgprompt/io';
import type { Keep } from '@dgprompt/methods/training';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { option, reworded, text } from '../options/option.js';
import {
  dataOptions,
  descriptionsOption,
  deviceOptions,
  jsonOption,
  methodsFromOption,
  modelOption,
} from '../options/table.js';

interface Options {
  suite?: string;
  root?: string;
  methodsFrom?: string[];
  protocol?: string;
  model?: string;
  modelConfig?: string;
  descriptions?: string;
}

/** `dgprompt repeat`: repeats a record's exact config and compares the results bit for bit. */
export const repeat = defineCommand({
  summary: 'a run again: is it bit-identical?',
  description: 'Repeat a finished run from its record, and check that the result is the same, bit for bit.',
  arguments: [['<record>', "a run's folder, or the record.json in it"]],
  examples: [
    'repeat results/base-to-new_…_maple_16-shots_seed-1_0123456789ab',
    'repeat results/…/record.json --methods-from ./my-method.ts',
  ],
  options: {
    suite: option('--suite <name>', "if the record's suite is a folder", text.optional()),
    root: dataOptions.root,
    methodsFrom: reworded(methodsFromOption.methodsFrom, "if the record's method is your own"),
    protocol: option('--protocol <file>', "if the record's protocol is your own", text.optional()),
    descriptions: reworded(descriptionsOption.descriptions, 'if the run read sentences about its classes'),
    model: { ...modelOption.model, help: "if the record's CLIP is not the mini-CLIP" },
    modelConfig: modelOption.modelConfig,
    ...jsonOption,
  },
  async action(options, [path]) {
    const { evalTransformFor } = await import('@dgprompt/bench/data');
    const { methodTitle } = await import('@dgprompt/bench/methods');
    const { readRecord, runFiles } = await import('@dgprompt/bench/records');
    const { differences, environmentChanges } = await import('@dgprompt/bench/runs');
    const { useDevice } = await import('@dgprompt/engine');
    const { usePillow } = await import('@dgprompt/images');
    const { nameForMethod } = await import('../options/method-options.js');
    const { interruptible } = await import('../terminal/interrupt.js');
    const { loadModel, otherClip } = await import('../terminal/load-model.js');
    const folder = basename(path) === runFiles.record ? dirname(path) : path;
    const read = await readRecord(folder);
    if (!read) throw new Error(`${folder} has no ${runFiles.record}; name the folder of a finished run.`);
    if (!('record' in read)) throw new Error(`${folder} cannot be repeated: ${read.reason}.`);
    const before = read.record;
    const { config } = before;
    checkCompute(config, folder);
    const name = await nameForMethod(config.method, folder, options.methodsFrom, config.code);
    usePillow(config.pillow ?? 12);
    await useDevice(computeOf(config));
    const clip = await loadModel(options.model, options.modelConfig);
    const scratch = await mkdtemp(join(tmpdir(), 'dgprompt-repeat-'));
    const prompts = (of: string) => hashOf(join(of, runFiles.checkpoint, 'prompts.safetensors'));
    await interruptible(
      async (signal, report) => {
        report.line(
          pc.bold(
            `${methodTitle(config.method)}${config.views ? `, ${config.views} views` : ''} on ${printable(config.task)}, ${printable(config.protocol)}, seed ${config.seed}`,
          ),
        );
        if (clip.id !== config.model) throw otherClip("This run's", config.model, clip);
        const run = await planAgain(before, name, options, clip, signal);
        const { record } = await run.perform({
          folder: scratch,
          signal,
          onProgress: ({ fraction, doing }) => report.progress(fraction, doing),
          transform: evalTransformFor(clip.preparation),
        });
        report.stop();
        const differ = differences(
          { record: before, prompts: await prompts(folder) },
          { record, prompts: await prompts(scratch) },
        );
        if (differ.length > 0) process.exitCode = 1;
        const changes = environmentChanges(before, record);
        if (options.json) {
          const found = { identical: differ.length === 0, differences: differ, environment: changes };
          process.stdout.write(`${JSON.stringify(found, null, 2)}\n`);
        } else process.stdout.write(`${conclusion(before, record, differ, changes)}\n`);
      },
      {
        interrupted: 'Interrupted.',
        end() {
          clip.dispose();
          void rm(scratch, { recursive: true, force: true });
        },
      },
    );
  },
});

const computeOf = ({ device, threads, precision, backend }: RunConfig): Compute =>
  ({ device, threads, precision, backend }) as Compute;

/** @throws one sentence if no command can use the record's device or backend */
function checkCompute({ device, backend }: RunConfig, folder: string): void {
  for (const [key, value] of Object.entries({ device, backend }))
    if (!deviceOptions[key as 'device' | 'backend'].schema.safeParse(value).success)
      throw new Error(`${folder} cannot be repeated: its record has the ${key} ${JSON.stringify(value)}.`);
}

/** Follows the suite's name in the records of a search. */
const searchSuffix = '-validation';

/**
 * Plans the run of a record's config, and no other.
 * @param methodName the record's method, with its file if it is a custom one
 * @throws one sentence that names the first difference
 */
async function planAgain(
  { config, own }: RunRecord,
  methodName: string,
  options: Options,
  clip: Clip,
  signal: AbortSignal,
) {
  const { protocols, suiteNames } = await import('@dgprompt/bench');
  const { openSettings, planExperiment } = await import('@dgprompt/bench/runs');
  const { validationSuite } = await import('@dgprompt/bench/suites');
  const { benchmarks } = await import('@dgprompt/datasets');
  const { suite, task, protocol, method, recipe, shots, seed, code } = config;
  const compute = computeOf(config);
  const hasSuffix = suite.endsWith(searchSuffix);
  if (code !== undefined && !own && !options.methodsFrom && !options.protocol)
    throw new Error(
      'This run has a method or a protocol of your own; name its file with --methods-from or --protocol.',
    );
  // A record is data: what it names is opened only if it is built in.
  const known = hasSuffix ? suite.slice(0, -searchSuffix.length) : suite;
  if (options.suite === undefined && !suiteNames.includes(known) && !benchmarks.some(({ id }) => id === known))
    throw new Error(`This run's suite, ${known}, is not a built-in one; name its folder with --suite.`);
  if (options.protocol === undefined && !Object.hasOwn(protocols, protocol))
    throw new Error(`This run's protocol, ${protocol}, is not a built-in one; name its file with --protocol.`);
  if (config.descriptions !== undefined && options.descriptions === undefined)
    throw new Error('This run read sentences about its classes; name their file with --descriptions.');
  const opened = await openSettings({
    suite: options.suite ?? known,
    root: options.root,
    protocol: options.protocol ?? protocol,
    methods: [methodName],
    seeds: [seed],
    model: options.model,
    modelConfig: options.modelConfig,
    descriptions: config.descriptions && options.descriptions,
    results: '',
    ...compute,
  });
  const isSearch = hasSuffix && opened.suite.name !== suite; // else the name is the suite's own
  const others = Object.keys(config.tests ?? {});
  const experiments = experimentsWith(opened, task);
  const experiment = experiments.find(one => one.train === task && sameNames(one.others, others));
  if (!experiment)
    throw new Error(
      `${task}${others.length === 0 ? '' : ` with tests on ${others.join(', ')}`} is not an experiment of ${protocol} on ${opened.suite.name}; name the suite of the run with --suite.`,
    );
  const { augment, cacheFeatures = augment === false ? 0 : undefined, validate, keep, patience, ...numbers } = recipe;
  const { planned, failed } = await planExperiment(
    {
      ...opened,
      ...compute,
      suite: isSearch ? validationSuite(opened.suite) : opened.suite,
      clip,
      signal,
      skipBroken: config.skipBroken,
      cacheFeatures: cacheFeatures as number | undefined,
      validate: validate === true,
      keep: keep as Keep | undefined,
      patience: patience as number | undefined,
      views: config.views,
      overrides: { ...config.options, ...numbers },
    },
    { train: task, others },
    [{ task, method, shots, seed }],
  );
  if (failed[0]) throw failed[0].error;
  const { run } = planned[0]!;
  const other = await firstDifference(config, run.config);
  if (other)
    throw new Error(
      `The run cannot be repeated because its ${other} has changed. Repeat it with the same data, method and CLIP.`,
    );
  return run;
}

/** The experiments that may match a run, limited to the suite's tasks: a record's task name cannot lead elsewhere. */
function experimentsWith({ suite, protocol }: Opened, task: string): Experiment[] {
  const sources = suite.tasks.includes(task) ? [task] : undefined;
  return protocol.experiments(suite, suite.tasks, protocol.hasSource ? sources : undefined);
}

const sameNames = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join('\0') === [...b].sort().join('\0');

/** The first part of two configs that differs. */
async function firstDifference(before: RunConfig, now: RunConfig): Promise<string | undefined> {
  const { canonicalJson } = await import('@dgprompt/bench/runs');
  const keys = new Set([...Object.keys(before), ...Object.keys(now)]) as Set<keyof RunConfig>;
  return [...keys].find(key => canonicalJson(before[key] as never) !== canonicalJson(now[key] as never));
}

async function hashOf(file: string): Promise<string | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && sha256Hex(bytes);
}

function conclusion(before: RunRecord, now: RunRecord, differ: readonly string[], changes: readonly string[]): string {
  const tests = Object.entries(now.tests).map(([name, test]) => `${name} ${test?.top1.toFixed(1) ?? '–'}`);
  const took = `${duration(now.timings.total ?? 0)}, originally ${duration(before.timings.total ?? 0)}`;
  const verdict =
    differ.length === 0
      ? `${pc.green('✓')} Bit-identical: ${now.epochs.length} epochs and ${tests.join(', ')} (${took}).`
      : `${pc.red('✗')} Not identical: ${differ.join('; ')}.`;
  return changes.length === 0 ? verdict : `${verdict}\n${pc.dim(`Changed since then: ${changes.join(', ')}.`)}`;
}
