/** Who holds a lock. */
export interface LockOwner {
  host: string;
  pid: number;
  /** ISO 8601. */
  startedAt: string;
  /** What it does, such as `dgprompt train`. */
  doing?: string;
  /** Slurm's job id, if it runs in a job. */
  jobId?: string;
  /** When the process started, as reported by the system: a pid alone may belong to a later process. */
  processStart?: string;
  /** Id of this lock. */
  id?: string;
}
