import { quote } from 'shlex';
import { type ArrayPart, arrayRanges } from './array-parts.js';

/** What a job array's script does. */
export interface ArrayScript extends ArrayPart {
  /** What does run N of the plan when `--run N` is added: program and arguments. */
  work: readonly string[];
  /** Set for it. */
  environment?: Readonly<Record<string, string>>;
  /** Where a task's output goes: `log` and the task's number. */
  log: string;
}

/** How often a run goes back into the queue when its process is killed, as Slurm counts starts. */
const mostKills = 3;

/** How often it does so because its time was up: it went on each time, but one whose epoch is longer than the limit never would. */
const mostTimeLimits = 20;

/** How long before the time limit a run is told to leave its checkpoint, in seconds; Slurm may be a minute early. */
const notice = 120;

/** Less than this is not worth another start, in seconds. */
const leastTime = 60;

/**
 * The script of a job array with one run a task.
 *
 * A task goes back into Slurm's queue, and later on from its checkpoint, when its node is lost (Slurm does that: `--requeue`), when its
 * process dies of a signal, and when its time is up. A run that fails, and a task that is cancelled, stays where it is.
 */
export function arrayScript({ first, tasks, work, environment = {}, log }: ArrayScript): string {
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

# A signal that the shell catches ends \`wait\`, not the run. Slurm sends TERM to every process of a task that is to end.
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
  if ((SECONDS < ${leastTime})); then echo "-- the time limit is too short: give it more with --slurm --time=…"
  elif ((starts <= ${mostTimeLimits})); then why='its time is up'; fi
elif ((code != 130 && starts <= ${mostKills})); then
  why="its process died of signal $((code - 128))"
fi
if [[ $why ]]; then
  echo "-- $why: the run goes back into the queue, and on from its checkpoint"
  scontrol requeue "\${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID" && sleep 60 # until Slurm ends this start
fi
exit "$code"
`;
}

/** For within double quotes, as sbatch reads its lines; it replaces what follows a single percent sign. */
const sbatchEscaped = (path: string): string => path.replaceAll(/["\\]/g, '\\$&').replaceAll('%', '%%');
