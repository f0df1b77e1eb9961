import type { BenchOptions, Planned, RunnerEvents } from '@dgprompt/bench';
import type { BenchSettings } from '@dgprompt/bench/runs';

/**
 * A place where runs are done. `dgprompt bench` plans runs, an executor takes those that are not finished, and
 * `dgprompt status` asks executors about them. A file that exports one is named as `--executor ./ssh.ts`;
 * docs/guides/slurm.md explains how to write it.
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
   * Does runs, or hands them over, reports that, and does not wait for them.
   * @throws one sentence if it cannot go on; what is finished is kept, and the same command resumes the rest
   */
  run(runs: readonly Planned[], context: ExecutorContext): Promise<void>;
  /**
   * The states of the runs that it took in a results folder, also of those that another process gave it earlier.
   * Default: none beside those of running processes, which note themselves in the folders of their runs.
   * @param finished names of runs that are finished
   */
  ask?(results: string, finished: ReadonlySet<string>): Promise<Answer>;
}

/** How runs are done; none of these options changes their numbers. */
export interface ExecutorOptions {
  /** Runs at a time, for executors on this machine. */
  workers: number;
  /** Options of sbatch as text. */
  slurm?: string;
}

/** What an executor gets beside the runs. */
export interface ExecutorContext {
  /** Of the command line and the config file: data, model, device, results folder. */
  settings: BenchSettings;
  options: ExecutorOptions;
  /** The same in the form that the library takes, with everything loaded. */
  bench: BenchOptions;
  /** Reports what happens to runs. */
  events: RunnerEvents;
  /** Aborted by Ctrl-C. */
  signal?: AbortSignal;
  /**
   * Writes the plan of these runs into the results folder, so that other processes can do them.
   * @returns a task for each run, in the same order
   */
  tasks(runs: readonly Planned[]): Promise<ExecutorTask[]>;
  /**
   * Call it when a task's process has ended: reports the run's record or error, which are in the results folder. After
   * ten ends without either, the run counts as failed.
   * @param how the process ended, for the error: `exit code 137`
   * @returns false if the run is unfinished; start its task again, and it resumes from its checkpoint
   */
  settle(task: ExecutorTask, how?: string): Promise<boolean>;
}

/** One run as work for a process, on any machine that sees the results folder and dgprompt under the same paths. */
export interface ExecutorTask {
  run: Planned;
  /** The plan's file, an absolute path. */
  plan: string;
  /** The run's number in it. */
  index: number;
  /**
   * Program and arguments. It locks the run's folder, resumes from the checkpoint, and exits with 0 if the record is
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
