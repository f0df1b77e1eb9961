import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { type Damaged, readRecord, runFiles } from '@dgprompt/bench/records';
import type { RunFailure, RunName } from '@dgprompt/bench/runs';
import { type PlanFile, readPlan, runName } from '@dgprompt/bench/runs';
import { executors } from './all.js';
import type { Answer, Executor, Known } from './executor.js';

/**
 * The state of a run. `lost`: an executor had it, no longer has it, and there is neither a record nor an error;
 * `unknown`: its executor does not answer at the moment; `waiting`: it is planned, and no executor has it.
 */
export type RunState = 'done' | 'running' | 'queued' | 'failed' | 'lost' | 'unknown' | 'waiting';

/** In the order of display. */
export const runStates: readonly RunState[] = ['done', 'running', 'queued', 'failed', 'lost', 'unknown', 'waiting'];

/** A run and its state. */
export interface RunStatus extends Partial<RunName> {
  /** Its folder in the results folder. */
  name: string;
  state: RunState;
  /** Who has or had it. */
  who?: string;
  /** Why it is queued, where it runs, or why it failed. */
  detail?: string;
  /** File with the output of its process. */
  output?: string;
  /** The command that resumes it. */
  command?: string;
}

/** The facts that decide a run's state. */
export interface Evidence {
  done: boolean;
  /** Why its last attempt failed. */
  failure?: string;
  known?: Known;
}

/**
 * The state that follows from the facts. A record takes precedence; an error is from an earlier attempt if the run is
 * active.
 */
export function stateOf({ done, failure, known }: Evidence): RunState {
  if (done) return 'done';
  if (known?.state === 'running' || known?.state === 'queued') return known.state;
  if (failure !== undefined) return 'failed';
  if (known) return known.state === 'gone' ? 'lost' : 'unknown';
  return 'waiting';
}

/** The answers of several executors in one. If two know of a run, the one that has it counts, else the first. */
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
  const plans = await plansOf(results);
  const { records, damaged } = await readRecords(results);
  const finished = new Map(records.map(({ config }) => [runName(config), config]));
  const { runs: known, notes } = mergeAnswers(
    await Promise.all(asked.map(one => one.ask?.(results, new Set(finished.keys())) ?? { runs: new Map(), notes: [] })),
  );
  const failures = await failuresOf(results, new Set(finished.keys()));
  const planned = new Map(plans.flatMap(({ runs, command }) => runs.map(run => [run.name, { ...run, command }])));
  const names = new Set([...planned.keys(), ...finished.keys(), ...known.keys(), ...failures.keys()]);
  const runs: RunStatus[] = [];
  for (const name of names) {
    const plan = planned.get(name);
    const config = finished.get(name) ?? failures.get(name)?.config;
    const has = known.get(name);
    // It may have ended between reading the records and asking its executor.
    const done = finished.has(name) || (has?.state === 'gone' && (await hasRecord(join(results, name))));
    const failure = failures.get(name)?.message;
    const state = stateOf({ done, failure, known: has });
    const { task, method, shots, seed } = plan ?? config ?? {};
    runs.push({
      name,
      state,
      task,
      method,
      shots,
      seed,
      ...(!done && has && { who: has.who, output: has.output }),
      detail: state === 'failed' ? failure : done ? undefined : has?.detail,
      command: done ? undefined : plan?.command,
    });
  }
  return { runs, notes, damaged };
}

async function plansOf(results: string): Promise<PlanFile[]> {
  const folder = join(results, 'plans');
  const files = (await readdir(folder).catch(() => [])).filter(file => /^[0-9a-f]+\.json$/.test(file));
  const plans = await Promise.all(files.map(file => readPlan(join(folder, file)).catch(() => undefined)));
  return plans.filter(plan => plan !== undefined).sort((a, b) => (a.created < b.created ? -1 : 1));
}

async function failuresOf(results: string, finished: ReadonlySet<string>): Promise<Map<string, RunFailure>> {
  const failures = new Map<string, RunFailure>();
  const entries = await readdir(results, { withFileTypes: true });
  for (const { name } of entries.filter(entry => entry.isDirectory() && !finished.has(entry.name))) {
    try {
      failures.set(name, JSON.parse(await readFile(join(results, name, runFiles.error), 'utf8')) as RunFailure);
    } catch {} // it has not failed
  }
  return failures;
}

async function hasRecord(folder: string): Promise<boolean> {
  const read = await readRecord(folder);
  return read !== undefined && 'record' in read;
}
