import { printable } from '@dgprompt/io';
import { quote } from 'shlex';
import { type ArrayPart, arrayRanges } from './array-parts.js';

/** The content of a job array's script. */
export interface ArrayScript extends ArrayPart {
  /** Command line that does run N of the plan when `--run N` is appended. */
  work: readonly string[];
  /** Its environment variables. */
  environment?: Readonly<Record<string, string>>;
  /** A task's output goes to `log` followed by the task's number. */
  log: string;
}

/** Number of starts (as Slurm counts them) for a run whose process is killed. */
const mostKills = 3;

/** The same for a run that reaches its time limit; one whose epochs exceed the limit would otherwise never end. */
const mostTimeLimits = 20;

/** Seconds before the time limit at which a run is signalled to save its checkpoint; Slurm may be a minute early. */
const notice = 120;

/** A start with less time than this, in seconds, is not requeued. */
const leastTime = 60;

/**
 * The script of a job array with one run per task.
 *
 * A task is requeued, and later resumes from its checkpoint, if its node is lost (by Slurm: `--requeue`), if a signal
 * kills its process, or if it reaches its time limit. Failed runs and cancelled tasks are not requeued.
 */
export function arrayScript({ first, tasks, work, environment = {}, log }: ArrayScript): string {
  if (/[\n\r\0]/.test(log))
    throw new Error(
      `${printable(log)}: a line of sbatch's options cannot have a path with a line break; name another folder with --results.`,
    );
  const exports = Object.entries(environment).map(([name, value]) => `export ${name}=${quote(value)}\n`);
  return `#!/bin/bash
#SBATCH --job-name=dgprompt
#SBATCH --array=${arrayRanges(tasks)}
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --output="${sbatchEscaped(log)}-%a.log"
#SBATCH --signal=B:USR1@${notice}
# Written by \`dgprompt bench --executor slurm\`: each task does one run of a plan.

run=$((SLURM_ARRAY_TASK_ID + ${first}))
starts=$((\${SLURM_RESTART_COUNT:-0} + 1))
echo "-- run $run, start $starts, on $(hostname), $(date)"

# A signal that the shell catches ends \`wait\`, not the run. Slurm sends TERM to every process of a task that it ends.
caught=1 ending=0 time_is_up=0
trap 'caught=1 ending=1' TERM
trap 'caught=1 time_is_up=1; kill -TERM "$work"' USR1

${exports.join('')}${work.map(quote).join(' ')} --run "$run" &
work=$!
while ((caught)); do
  caught=0
  wait "$work"
  code=$?
done

why=
if ((ending || (code >= 0 && code <= 128))); then # bash has -1 for a process that ended while it caught a signal
  : # finished, failed or cancelled
elif ((time_is_up)); then
  if ((SECONDS < ${leastTime})); then echo "-- the time limit is too short: raise it with --slurm --time=…"
  elif ((starts <= ${mostTimeLimits})); then why='its time limit was reached'; fi
elif ((code != 130 && starts <= ${mostKills})); then
  why="signal $((code - 128)) killed its process"
fi
if [[ $why ]]; then
  echo "-- $why: the run is requeued and resumes from its checkpoint"
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 60 # until Slurm ends this start
fi
exit "$code"
`;
}

/** Escapes a path for double quotes in sbatch directives, where percent signs start placeholders. */
const sbatchEscaped = (path: string): string => path.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%');
