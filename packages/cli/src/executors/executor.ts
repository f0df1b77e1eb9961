import type { Runner } from '@dgprompt/bench';
import type { BenchSettings } from '@dgprompt/bench/runs';

/**
 * Where runs are done. `dgprompt bench` plans runs, an executor takes those that are not finished, and `dgprompt status` asks every
 * executor what it knows of them. docs/executors.md says what a further one needs.
 */
export interface Executor {
  /**
   * @param settings what the plan is for
   * @throws one sentence if it cannot work on this machine, or with these options
   */
  check(settings: BenchSettings, options: ExecutorOptions): Promise<void>;
  /** Does the runs that it is given, or hands them over (then it tells so, and does not wait for them). */
  runner(settings: BenchSettings, options: ExecutorOptions): Runner;
  /**
   * What it knows of the runs that it has taken in a results folder; it may be asked in another process, on another day.
   * @param finished runs that need not be asked about, by name
   */
  ask(results: string, finished: ReadonlySet<string>): Promise<Answer>;
}

/** How runs are to be done; none of it changes their numbers. */
export interface ExecutorOptions {
  /** Runs at a time, for those who do them on this machine. */
  workers: number;
  /** Options of sbatch, as one types them. */
  slurm?: string;
}

/** What an executor knows of runs. */
export interface Answer {
  /** By the run's name. */
  runs: Map<string, Known>;
  /** Sentences for the user, such as that a server does not answer. */
  notes: string[];
}

/** What an executor knows of a run that it has taken. */
export interface Known {
  /** `gone`: it took the run and has it no longer, so either the run has ended or it is lost; `unknown`: it cannot tell at the moment. */
  state: 'queued' | 'running' | 'gone' | 'unknown';
  /** Whom it has it from: `process 123 on node1`, `Slurm job 7_3`. */
  who: string;
  /** What is worth saying beside the state, such as the reason why it waits. */
  detail?: string;
  /** File with what the run's process said. */
  output?: string;
}
