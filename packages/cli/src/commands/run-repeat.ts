import { createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { RunConfig, RunRecord } from '@dgprompt/bench';
import { evalTransformFor } from '@dgprompt/bench/data';
import { methodTitle } from '@dgprompt/bench/methods';
import { readRecord, runFiles } from '@dgprompt/bench/records';
import {
  canonicalJson,
  differences,
  environmentChanges,
  type Json,
  openSettings,
  planExperiment,
} from '@dgprompt/bench/runs';
import { validationSuite } from '@dgprompt/bench/suites';
import { type Device, useDevice } from '@dgprompt/engine';
import { duration } from '@dgprompt/io';
import pc from 'picocolors';
import type { DeviceChoice } from '../options.js';
import { stoppable } from '../terminal/interrupt.js';
import { loadModel } from '../terminal/load-model.js';
import { reporter } from '../terminal/reporter.js';
import type { RepeatOptions } from './repeat-command.js';

/** Does the run of a record again, in a folder that is thrown away, and compares. Exit code 1 if anything differs. */
export async function runRepeat(path: string, options: RepeatOptions): Promise<void> {
  const folder = basename(path) === runFiles.record ? dirname(path) : path;
  const read = await readRecord(folder);
  if (!read) throw new Error(`${folder} holds no ${runFiles.record}; give the folder of a finished run.`);
  if (!('record' in read)) throw new Error(`${folder} cannot be repeated: ${read.reason}.`);
  const before = read.record;
  const { config } = before;
  const report = reporter();
  report.line(pc.bold(`${methodTitle(config.method)} on ${config.task}, ${config.protocol}, seed ${config.seed}`));
  await useDevice({
    device: config.device as Device,
    threads: config.threads,
    precision: config.precision,
    backend: config.backend as DeviceChoice['backend'],
  });
  const clip = await loadModel(options.model);
  const scratch = await mkdtemp(join(tmpdir(), 'dgprompt-repeat-'));
  await stoppable(
    async signal => {
      if (clip.id !== config.model)
        throw new Error(
          `This run's CLIP has the hash ${config.model.slice(0, 12)}…, and ${clip.source} has ${clip.id.slice(0, 12)}…; name the right one with --model.`,
        );
      const run = await again(before, options, { clip, signal });
      const onProgress = ({ fraction, doing }: { fraction: number; doing: string }) => report.progress(fraction, doing);
      const { record } = await run.perform({
        folder: scratch,
        signal,
        onProgress,
        transform: evalTransformFor(clip.imageSize),
      });
      report.stop();
      const prompts = (of: string) => hashOf(join(of, runFiles.checkpoint, 'prompts.safetensors'));
      const differ = differences(
        { record: before, prompts: await prompts(folder) },
        { record, prompts: await prompts(scratch) },
      );
      show(before, record, differ, options.json === true);
    },
    {
      end: () => {
        report.stop();
        clip.dispose();
        void rm(scratch, { recursive: true, force: true });
      },
      stopped: 'Stopped.',
    },
  );
}

/** What follows the suite's name in the records of a search. */
const searched = '-validation';

/** The run of a record's config, and of no other. @throws one sentence that says in what they differ */
async function again(
  { config, leftOut }: RunRecord,
  options: RepeatOptions,
  { clip, signal }: { clip: Awaited<ReturnType<typeof loadModel>>; signal: AbortSignal },
) {
  const { suite, task, protocol, method, recipe, shots, seed, device, backend, threads, precision, code } = config;
  if (code !== undefined && !options.method && !options.protocol)
    throw new Error('This run has a method or a protocol of your own; name its file with --method or --protocol.');
  const opened = await openSettings({
    ...{
      suite: options.suite ?? (suite.endsWith(searched) ? suite.slice(0, -searched.length) : suite),
      root: options.root,
      protocol: options.protocol ?? protocol,
    },
    ...{ methods: [options.method ?? method], seeds: [seed], model: options.model, results: '' },
    ...{ device: device as Device, backend: backend as DeviceChoice['backend'], threads, precision },
  });
  const { augment, cacheFeatures = augment === false ? 0 : undefined, validate, ...numbers } = recipe;
  const { planned, failed } = await planExperiment(
    {
      ...{ ...opened, suite: suite.endsWith(searched) ? validationSuite(opened.suite) : opened.suite },
      ...{ clip, signal, device, backend, threads, precision, skipBroken: leftOut !== undefined },
      ...{ cacheFeatures: cacheFeatures as number | undefined, validate: validate === true },
      overrides: { ...config.options, ...numbers },
    },
    { train: task, others: Object.keys(config.tests ?? {}) },
    [{ task, method, shots, seed }],
  );
  if (failed[0]) throw failed[0].error;
  const found = planned[0]!;
  const other = differing(config, found.run.config);
  if (other)
    throw new Error(
      `What would run is not what ran: its ${other} is another one. Repeat it where the data, the method and the CLIP are as they were.`,
    );
  return found.run;
}

/** The first part of two configs that differs. */
function differing(a: RunConfig, b: RunConfig): string | undefined {
  const [before, now] = [a, b] as unknown as Record<string, Json>[];
  return [...new Set([...Object.keys(a), ...Object.keys(b)])].find(
    key => canonicalJson(before![key]) !== canonicalJson(now![key]),
  );
}

async function hashOf(file: string): Promise<string | undefined> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes && createHash('sha256').update(bytes).digest('hex');
}

function show(before: RunRecord, now: RunRecord, differ: readonly string[], json: boolean): void {
  const changes = environmentChanges(before, now);
  if (differ.length > 0) process.exitCode = 1;
  if (json) {
    process.stdout.write(
      `${JSON.stringify({ identical: differ.length === 0, differences: differ, environment: changes }, null, 2)}\n`,
    );
    return;
  }
  const tests = Object.entries(now.tests).map(([name, test]) => `${name} ${test?.top1.toFixed(1) ?? '–'}`);
  const took = `${duration(now.timings.total ?? 0)}, then ${duration(before.timings.total ?? 0)}`;
  process.stdout.write(
    differ.length === 0
      ? `${pc.green('✓')} Bit-identical: ${now.epochs.length} epochs and ${tests.join(', ')} (${took}).\n`
      : `${pc.red('✗')} Not the same: ${differ.join('; ')}.\n`,
  );
  if (changes.length > 0) process.stdout.write(pc.dim(`Other than then: ${changes.join(', ')}.\n`));
}
