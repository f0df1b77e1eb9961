import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { type Damaged, readRecord, runFiles } from '@dgprompt/bench/records';
import type { RunFailure, RunName } from '@dgprompt/bench/runs';
import { type PlanFile, readPlan, runName } from '@dgprompt/bench/runs';
import { executors } from './all.js';
import type { Answer, Known } from './executor.js';

/**
 * What has become of a run. `lost`: someone had it, has it no longer, and left neither a record nor an error; `unknown`: who has it cannot
 * be asked at the moment; `waiting`: it is planned, and nobody has it.
 */
export type RunState = 'done' | 'running' | 'queued' | 'failed' | 'lost' | 'unknown' | 'waiting';

/** In the order in which they are told. */
export const runStates: readonly RunState[] = ['done', 'running', 'queued', 'failed', 'lost', 'unknown', 'waiting'];

/** A run, and how far it is. */
export interface RunStatus extends Partial<RunName> {
  /** Its folder in the results folder. */
  name: string;
  state: RunState;
  /** Who has it, or had it. */
  who?: string;
  /** Why it waits, where it runs, or why it failed. */
  detail?: string;
  /** File with what its process said. */
  output?: string;
  /** The command that goes on with it. */
  command?: string;
}

/** What is known of a run. */
export interface Evidence {
  done: boolean;
  /** Why it failed the last time. */
  failure?: string;
  known?: Known;
}

/** The state that evidence speaks for. A record stands above all else; an error is of an earlier try if the run is under way again. */
export function stateOf({ done, failure, known }: Evidence): RunState {
  if (done) return 'done';
  if (known?.state === 'running' || known?.state === 'queued') return known.state;
  if (failure !== undefined) return 'failed';
  if (known) return known.state === 'gone' ? 'lost' : 'unknown';
  return 'waiting';
}

/** What several executors know together: of two that know of a run, the one that has it, else the first. */
export function mergeAnswers(answers: readonly Answer[]): Answer {
  const has = (known?: Known) => known?.state === 'running' || known?.state === 'queued';
  const runs: Answer['runs'] = new Map();
  for (const [name, known] of answers.flatMap(answer => [...answer.runs])) {
    if (!runs.has(name) || (has(known) && !has(runs.get(name)))) runs.set(name, known);
  }
  return { runs, notes: answers.flatMap(({ notes }) => notes) };
}

/** Every run of a results folder: those of its plans, and those that left something there. */
export async function runStatus(results: string): Promise<{ runs: RunStatus[]; notes: string[]; damaged: Damaged[] }> {
  const plans = await plansOf(results);
  const { records, damaged } = await readRecords(results);
  const finished = new Map(records.map(({ config }) => [runName(config), config]));
  const { runs: known, notes } = mergeAnswers(
    await Promise.all(Object.values(executors).map(executor => executor.ask(results, new Set(finished.keys())))),
  );
  const failures = await failuresOf(results, new Set(finished.keys()));
  const planned = new Map(plans.flatMap(({ runs, command }) => runs.map(run => [run.name, { ...run, command }])));
  const names = new Set([...planned.keys(), ...finished.keys(), ...known.keys(), ...failures.keys()]);
  const runs: RunStatus[] = [];
  for (const name of names) {
    const plan = planned.get(name);
    const config = finished.get(name) ?? failures.get(name)?.config;
    const has = known.get(name);
    // It may have ended after the records were read, and before its executor was asked.
    const done = finished.has(name) || (has?.state === 'gone' && (await hasRecord(join(results, name))));
    const failure = failures.get(name)?.message;
    const state = stateOf({ done, ...(failure !== undefined && { failure }), ...(has && { known: has }) });
    const { task, method, shots, seed } = plan ?? config ?? {};
    runs.push({
      ...{ name, state, task, method, shots, seed },
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
