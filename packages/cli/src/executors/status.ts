import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { type Damaged, readRecord, runFiles } from '@dgprompt/bench/records';
import type { RunFailure, RunName } from '@dgprompt/bench/runs';
import { type PlanFile, readFailure, readPlan, runName } from '@dgprompt/bench/runs';
import { savedRun } from '@dgprompt/methods/method';
import { split } from 'shlex';
import { commandIn } from '../terminal/this-command.js';
import { executors } from './all.js';
import type { Answer, Executor, Known } from './executor.js';

/**
 * The state of a run. `lost`: an executor had it, no longer has it, and there is neither a record nor an error;
 * `unknown`: its executor does not answer at the moment; `waiting`: it is planned, and no executor has it.
 */
export type RunState = 'done' | 'running' | 'queued' | 'failed' | 'stopped' | 'lost' | 'unknown' | 'waiting';

/** In display order. */
export const runStates: readonly RunState[] = [
  ...(['done', 'running', 'queued', 'failed', 'stopped', 'lost', 'unknown', 'waiting'] as const),
];

/** A run and its state. */
export interface RunStatus extends Partial<RunName> {
  /** Its folder in the results folder. */
  name: string;
  state: RunState;
  /** The process or job that has or had it. */
  who?: string;
  /** Why it is queued, where it runs, or why it failed. */
  detail?: string;
  /** Finished epochs of an unfinished run, from its checkpoint. */
  epoch?: number;
  /** File with the output of its process. */
  output?: string;
  /** The command that resumes it. */
  command?: string;
}

/** The facts that determine a run's state. */
export interface Evidence {
  done: boolean;
  /** Why its last attempt failed. */
  failure?: string;
  /** Whether it has a checkpoint to resume from. */
  resumable?: boolean;
  known?: Known;
}

/**
 * Derives the state from the facts. A record takes precedence; if the run is active, an error is from an earlier
 * attempt.
 */
export function stateOf({ done, failure, resumable, known }: Evidence): RunState {
  if (done) return 'done';
  if (known?.state === 'running' || known?.state === 'queued') return known.state;
  if (failure !== undefined) return 'failed';
  if (known) return known.state === 'gone' ? 'lost' : 'unknown';
  return resumable ? 'stopped' : 'waiting';
}

/** Merges the answers of several executors. If two know a run, the one that has it takes precedence, else the first. */
export function mergeAnswers(answers: readonly Answer[]): Answer {
  const has = (known?: Known) => known?.state === 'running' || known?.state === 'queued';
  const runs: Answer['runs'] = new Map();
  for (const [name, known] of answers.flatMap(answer => [...answer.runs])) {
    if (!runs.has(name) || (has(known) && !has(runs.get(name)))) runs.set(name, known);
  }
  return { runs, notes: answers.flatMap(({ notes }) => notes) };
}

/**
 * Every run of a results folder: planned, finished, failed, or known to an executor.
 * @param own the user's own executor
 */
export async function runStatus(
  results: string,
  own?: Executor,
): Promise<{ runs: RunStatus[]; notes: string[]; damaged: Damaged[] }> {
  const asked: Executor[] = [...(own ? [own] : []), ...Object.values(executors)];
  const { plans, problems } = await plansOf(results);
  const { records, damaged } = await readRecords(results);
  const finished = new Map(records.map(({ config }) => [runName(config), config]));
  const { runs: known, notes } = mergeAnswers(
    await Promise.all(asked.map(one => one.ask?.(results, new Set(finished.keys())) ?? { runs: new Map(), notes: [] })),
  );
  const failures = await failuresOf(results, new Set(finished.keys()));
  const planned = new Map(
    plans.flatMap(plan => {
      const command = commandOfPlan(plan);
      return plan.runs.map(run => [run.name, { ...run, command }] as const);
    }),
  );
  const begun = await begunRuns(results, new Set(finished.keys()));
  const names = new Set([...planned.keys(), ...finished.keys(), ...known.keys(), ...failures.keys(), ...begun.keys()]);
  const runs: RunStatus[] = [];
  for (const name of names) {
    const plan = planned.get(name);
    const config = finished.get(name) ?? failures.get(name)?.config;
    const epoch = begun.get(name);
    const has = known.get(name);
    // It may have finished between reading the records and asking its executor.
    const done = finished.has(name) || (has?.state === 'gone' && (await hasRecord(join(results, name))));
    const failure = failures.get(name)?.message;
    const state = stateOf({ done, failure, resumable: epoch !== undefined, known: has });
    const { task, method, shots, seed } = plan ?? config ?? {};
    runs.push({
      name,
      state,
      task,
      method,
      shots,
      seed,
      ...(!done && has && { who: has.who, output: has.output }),
      ...(!done && epoch !== undefined && { epoch }),
      detail: state === 'failed' ? failure : done ? undefined : has?.detail,
      command: done ? undefined : plan?.command,
    });
  }
  return { runs, notes: [...problems, ...notes], damaged };
}

async function plansOf(results: string): Promise<{ plans: PlanFile[]; problems: string[] }> {
  const folder = join(results, 'plans');
  const files = (await readdir(folder).catch(() => [])).filter(file => /^[0-9a-f]+\.json$/.test(file));
  const problems: string[] = [];
  const plans: PlanFile[] = [];
  for (const file of files)
    await readPlan(join(folder, file)).then(
      plan => plans.push(plan),
      (error: Error) => problems.push(error.message),
    );
  return { plans: plans.sort((a, b) => (a.created < b.created ? -1 : 1)), problems };
}

/** The command that resumes a plan; undefined if the plan's text is not a `dgprompt` command. */
function commandOfPlan({ command, args, folder }: PlanFile): string | undefined {
  if (args !== undefined) return commandIn(folder, args);
  try {
    const [program, ...rest] = split(command);
    return program === 'dgprompt' ? commandIn(undefined, rest) : undefined;
  } catch {
    return undefined;
  }
}

async function failuresOf(results: string, finished: ReadonlySet<string>): Promise<Map<string, RunFailure>> {
  const failures = new Map<string, RunFailure>();
  for (const name of await foldersOf(results, finished)) {
    const failure = await readFailure(join(results, name));
    if (failure) failures.set(name, failure);
  }
  return failures;
}

/** The finished epochs of runs that have a checkpoint and no record. */
async function begunRuns(results: string, finished: ReadonlySet<string>): Promise<Map<string, number>> {
  const epochs = new Map<string, number>();
  for (const name of await foldersOf(results, finished)) {
    const run = await savedRun(join(results, name, runFiles.checkpoint)).catch(() => undefined);
    if (run?.epoch !== undefined) epochs.set(name, run.epoch);
  }
  return epochs;
}

async function foldersOf(results: string, finished: ReadonlySet<string>): Promise<string[]> {
  const entries = await readdir(results, { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory() && !finished.has(entry.name)).map(({ name }) => name);
}

async function hasRecord(folder: string): Promise<boolean> {
  const read = await readRecord(folder);
  return read !== undefined && 'record' in read;
}
