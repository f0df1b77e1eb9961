import { useDevice } from '@dgprompt/engine';
import type { Comparison } from '@dgprompt/lab/golden';
import { allowedIn, findCases, type GoldenCase, halfTolerance, holds, Skipped, worstOf } from '@dgprompt/lab/verify';
import type { Command } from 'commander';
import pc from 'picocolors';
import type { PrecisionChoice } from '../options.js';
import type { VerifyCommandOptions } from './verify-command.js';

/** What became of one case. */
interface Outcome {
  name: string;
  result: 'passed' | 'failed' | 'skipped';
  /** The comparison that comes closest to its tolerance. */
  worst?: Comparison;
  checks?: Comparison[];
  /** Why it was skipped, or could not be run. */
  reason?: string;
}

/** Runs every case and prints a line for each, then the counts; the exit code is 1 if one failed. */
export async function runVerify(options: VerifyCommandOptions, command: Command): Promise<void> {
  const { golden, data, device, threads, backend, precision, json } = options;
  const folders = [golden, data].filter(folder => folder !== undefined);
  if (folders.length === 0) command.error('error: give --golden, --data or both.', { exitCode: 2 });
  await useDevice({ device, threads, backend, precision });
  if (precision === 'fp16' && !json) process.stdout.write(`fp16: errors up to ${halfTolerance} are allowed\n`);
  const outcomes: Outcome[] = [];
  for (const folder of folders) {
    const { cases, dispose } = await findCases(folder);
    try {
      if (cases.length === 0) throw new Error(`${folder} holds no recorded case.`);
      const width = Math.max(...cases.map(({ name }) => name.length));
      for (const one of cases) {
        const outcome = await outcomeOf(one, precision);
        outcomes.push(outcome);
        if (!json) process.stdout.write(`${line(outcome, width)}\n`);
      }
    } finally {
      dispose();
    }
  }
  const count = (result: Outcome['result']) => outcomes.filter(outcome => outcome.result === result).length;
  const counts = { passed: count('passed'), failed: count('failed'), skipped: count('skipped') };
  if (counts.failed > 0) process.exitCode = 1;
  process.stdout.write(
    json
      ? `${JSON.stringify({ device, backend, precision, cases: outcomes, ...counts }, null, 2)}\n`
      : `${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped\n`,
  );
}

async function outcomeOf({ name, run }: GoldenCase, precision: PrecisionChoice['precision']): Promise<Outcome> {
  try {
    const checks = (await run()).map(check => allowedIn(precision, check));
    if (checks.length === 0) return { name, result: 'skipped', reason: 'it records nothing to compare' };
    return { name, result: checks.every(holds) ? 'passed' : 'failed', worst: worstOf(checks), checks };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return { name, result: error instanceof Skipped ? 'skipped' : 'failed', reason };
  }
}

function line({ name, result, worst, checks, reason }: Outcome, width: number): string {
  const mark = { passed: pc.green('✓'), failed: pc.red('✗'), skipped: pc.yellow('–') }[result];
  if (!worst) return `${mark} ${name.padEnd(width)}  ${result}: ${reason}`;
  const many = checks!.length > 1 ? `${checks!.length} comparisons` : worst.what;
  const broken = checks!.filter(check => !holds(check)).length;
  const others = broken > 1 ? `, and ${broken - 1} more of ${checks!.length}` : '';
  if (result === 'passed' && worst.error === 0) return `${mark} ${name.padEnd(width)}  exact  ${pc.dim(many)}`;
  const most = `${size(worst.error)} of ${size(worst.tolerance)} allowed`;
  return `${mark} ${name.padEnd(width)}  ${most}  ${pc.dim(`${worst.what}${others}`)}`;
}

const size = (value: number): string =>
  value === 0 || (Number.isInteger(value) && value < 1e6) ? String(value) : value.toExponential(1);
