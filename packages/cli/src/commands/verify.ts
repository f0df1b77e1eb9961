import type { ComputePrecision } from '@dgprompt/engine';
import type { Comparison } from '@dgprompt/lab/golden';
import type { GoldenCase } from '@dgprompt/lab/verify';
import pc from 'picocolors';
import { defineCommand } from '../options/command.js';
import { option, text } from '../options/option.js';
import { deviceOptions, jsonOption, precisionOption } from '../options/table.js';
import { UsageError } from '../usage-error.js';

/** `dgprompt verify`: compares this machine's numbers with recorded ones of the published implementations. */
export const verify = defineCommand({
  summary: 'compare with the published code',
  description: 'Compare the numbers computed here with recorded ones of the published implementations.',
  examples: ['verify --golden ./golden', 'verify --golden ./golden --data ./published --device webgpu'],
  notes: 'Exits with 1 if a comparison fails, or if all are skipped.',
  options: {
    golden: option('--golden <folder>', 'methods, zero-shot, schedules, tokens, images, checkpoints', text.optional()),
    data: option('--data <folder>', 'published splits and few-shot sets', text.optional()),
    ...jsonOption,
    ...deviceOptions,
    ...precisionOption,
  },
  async action({ golden, data, json, ...compute }) {
    const { device, backend, precision } = compute;
    const folders = [golden, data].filter(folder => folder !== undefined);
    if (folders.length === 0) throw new UsageError('give --golden, --data or both.');
    const { useDevice } = await import('@dgprompt/engine');
    const { findCases, halfTolerance } = await import('@dgprompt/lab/verify');
    await useDevice(compute);
    if (precision === 'fp16' && !json) process.stdout.write(`fp16: errors up to ${halfTolerance} are allowed\n`);
    const outcomes: Outcome[] = [];
    for (const folder of folders) {
      const { cases, dispose } = await findCases(folder);
      try {
        if (cases.length === 0) throw new Error(`${folder} has no recorded cases.`);
        const width = Math.max(...cases.map(({ name }) => name.length));
        for (const one of cases) {
          const outcome = await check(one, precision);
          outcomes.push(outcome);
          if (!json) process.stdout.write(`${line(outcome, width)}\n`);
        }
      } finally {
        dispose();
      }
    }
    const count = (result: Outcome['result']) => outcomes.filter(outcome => outcome.result === result).length;
    const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
    if (counts.failed > 0 || counts.passed === 0) process.exitCode = 1;
    process.stdout.write(
      json
        ? `${JSON.stringify({ device, backend, precision, cases: outcomes, ...counts }, null, 2)}\n`
        : `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
    );
  },
});

/** The outcome of one case. */
interface Outcome {
  name: string;
  result: 'passed' | 'failed' | 'skipped';
  /** The comparison that comes closest to its tolerance. */
  worst?: Comparison;
  checks?: Comparison[];
  /** Why it was skipped or could not run. */
  reason?: string;
}

async function check({ name, run }: GoldenCase, precision: ComputePrecision): Promise<Outcome> {
  const { allowedIn, holds, Skipped, worstOf } = await import('@dgprompt/lab/verify');
  try {
    const checks = (await run()).map(check => allowedIn(precision, check));
    if (checks.length === 0) return { name, result: 'skipped', reason: 'it records nothing to compare' };
    return { name, result: checks.every(holds) ? 'passed' : 'failed', worst: worstOf(checks), checks };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, result: error instanceof Skipped ? 'skipped' : 'failed', reason };
  }
}

function line({ name, result, worst, checks = [], reason }: Outcome, width: number): string {
  const mark = { passed: pc.green('✓'), failed: pc.red('✗'), skipped: pc.yellow('–') }[result];
  const start = `${mark} ${name.padEnd(width)}  `;
  if (!worst) return `${start}${result}: ${reason}`;
  if (result === 'passed' && worst.error === 0)
    return `${start}exact  ${pc.dim(checks.length > 1 ? `${checks.length} comparisons` : worst.what)}`;
  const broken = checks.filter(({ error, tolerance }) => !(error <= tolerance)).length;
  const others = broken > 1 ? `, and ${broken - 1} more of ${checks.length}` : '';
  return `${start}${size(worst.error)} of ${size(worst.tolerance)} allowed  ${pc.dim(`${worst.what}${others}`)}`;
}

const size = (value: number): string =>
  value === 0 || (Number.isInteger(value) && value < 1e6) ? String(value) : value.toExponential(1);
