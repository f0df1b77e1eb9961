import type { BenchOptions, Planned, RunnerEvents } from '@dgprompt/bench';
import type { BenchSettings } from '@dgprompt/bench/runs';

/**
 * Executes runs. `dgprompt bench` plans runs and gives the unfinished ones to an executor; `dgprompt status` asks
 * executors about them. `--executor ./ssh.ts` names a file that exports one; docs/guides/slurm.md explains how to write
 * it.
 */
export interface Executor {
  /** Letters, digits, - and _. */
  name: string;
  /** For the heading of a bench: `by ssh on two machines`. Default: the name. */
  title?: string;
  /**
   * Called before anything is loaded.
   * @param settings of the planned runs
   * @throws one sentence if it does not work on this machine or with these options
   */
  check?(settings: BenchSettings, options: ExecutorOptions): Promise<void> | void;
  /**
   * Does the runs; or hands them over, reports that, and returns without waiting for them.
   * @throws one sentence if it cannot continue; finished runs are kept, and the same command resumes the rest
   */
  run(runs: readonly Planned[], context: ExecutorContext): Promise<void>;
  /**
   * The states of the runs that it took in a results folder, including those from another process. Default: none, apart
   * from running processes, which note themselves in their runs' folders.
   * @param finished names of finished runs
   */
  ask?(results: string, finished: ReadonlySet<string>): Promise<Answer>;
}

/** How to do runs; none of these options changes their numbers. */
export interface ExecutorOptions {
  /** Runs at a time, for executors on this machine. */
  workers: number;
  /** Options of sbatch as text. */
  slurm?: string;
}

/** What an executor gets in addition to the runs. */
export interface ExecutorContext {
  /** From the command line and the config file: data, model, device, results folder. */
  settings: BenchSettings;
  options: ExecutorOptions;
  /** The same in the library's form, with everything loaded. */
  bench: BenchOptions;
  /** Reports what happens to runs. */
  events: RunnerEvents;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal;
  /**
   * Writes a plan of these runs into the results folder, so that other processes can do them.
   * @returns one task per run, in the same order
   */
  tasks(runs: readonly Planned[]): Promise<ExecutorTask[]>;
  /**
   * Call this when a task's process has ended: it reports the run's record or error from the results folder. After ten
   * ends without either, the run counts as failed.
   * @param how the process ended, for the error: `exit code 137`
   * @returns false if the run is unfinished; start its task again, and it resumes from its checkpoint
   */
  settle(task: ExecutorTask, how?: string): Promise<boolean>;
}

/** One run as work for a process, on any machine that sees the results folder and dgprompt under the same paths. */
export interface ExecutorTask {
  run: Planned;
  /** Absolute path of the plan's file. */
  plan: string;
  /** Index of the run in the plan. */
  index: number;
  /**
   * The command line. It locks the run's folder, resumes from the checkpoint, and exits with 0 if the record is
   * written, 1 if the run failed, 130 if it was interrupted.
   */
  command: string[];
  /** The same as one line for a POSIX shell. */
  shell: string;
}

/** The runs that an executor knows. */
export interface Answer {
  /** By the run's name. */
  runs: Map<string, Known>;
  /** Sentences for the user, for example that a server does not answer. */
  notes: string[];
}

/** The state of a run that an executor took. */
export interface Known {
  /** `gone`: it no longer has the run, which has ended or is lost; `unknown`: it cannot find out at the moment. */
  state: 'queued' | 'running' | 'gone' | 'unknown';
  /** Who has the run: `process 123 on node1`, `Slurm job 7_3`. */
  who: string;
  /** More about the state, such as why it is queued. */
  detail?: string;
  /** File with the output of the run's process. */
  output?: string;
}
