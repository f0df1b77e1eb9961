import type { Runner } from '@dgprompt/bench';
import type { BenchSettings } from '@dgprompt/bench/runs';

/**
 * A place where runs are done. `dgprompt bench` plans runs, an executor takes those that are not finished, and
 * `dgprompt status` asks every executor about them. docs/executors.md explains how to write one.
 */
export interface Executor {
  /**
   * @param settings of the planned runs
   * @throws one sentence if it does not work on this machine or with these options
   */
  check(settings: BenchSettings, options: ExecutorOptions): Promise<void>;
  /** A runner that does runs, or hands them over, reports that, and does not wait for them. */
  runner(settings: BenchSettings, options: ExecutorOptions): Runner;
  /**
   * The states of the runs that it took in a results folder, also of those that another process gave it earlier.
   * @param finished names of runs that are finished
   */
  ask(results: string, finished: ReadonlySet<string>): Promise<Answer>;
}

/** How runs are done; none of these options changes their numbers. */
export interface ExecutorOptions {
  /** Runs at a time, for executors on this machine. */
  workers: number;
  /** Options of sbatch as text. */
  slurm?: string;
}

/** The runs that an executor knows. */
export interface Answer {
  /** By the run's name. */
  runs: Map<string, Known>;
  /** Sentences for the user, for instance if a server does not answer. */
  notes: string[];
}

/** The state of a run that an executor took. */
export interface Known {
  /** `gone`: it no longer has the run, which has ended or is lost; `unknown`: it cannot find out at the moment. */
  state: 'queued' | 'running' | 'gone' | 'unknown';
  /** Who has the run: `process 123 on node1`, `Slurm job 7_3`. */
  who: string;
  /** More about the state, such as the reason why it is queued. */
  detail?: string;
  /** File with the output of the run's process. */
  output?: string;
}
