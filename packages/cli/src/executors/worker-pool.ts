import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as wait } from 'node:timers/promises';
import type { BenchOptions, Planned, Runner, RunnerEvents } from '@dgprompt/bench';
import type { BenchSettings } from '@dgprompt/bench/runs';
import { keepFailure, writePlan } from '@dgprompt/bench/runs';
import { thisCommand } from '../terminal/this-command.js';
import { commandLine, sourceEnvironment } from './command-line.js';
import { mostKills } from './context.js';
import type { FromWorker, ToWorker } from './messages.js';

/**
 * Does runs in separate processes, `workers` at a time. If a process crashes or is killed, no work is lost: another
 * process resumes its run from the checkpoint.
 */
export function workerPool(settings: BenchSettings, workers: number): Runner {
  return async (runs, events, options) => {
    if (runs.length === 0) return;
    const { file } = await writePlan(settings, runs, thisCommand(), process.argv.slice(2));
    const waiting = runs.map((run, index) => ({ run, index, kills: 0 }));
    const lanes = Array.from({ length: Math.min(workers, runs.length) }, () => lane(file, waiting, events, options));
    const ended = await Promise.allSettled(lanes);
    options.signal?.throwIfAborted();
    const wrong = ended.find(one => one.status === 'rejected');
    if (wrong) throw wrong.reason;
  };
}

type Waiting = { run: Planned; index: number; kills: number };

/** One process at a time that takes runs from the shared queue; if it ends, a new one replaces it. */
async function lane(file: string, queue: Waiting[], events: RunnerEvents, options: BenchOptions): Promise<void> {
  const { signal, retryFailed, results } = options;
  let child: ChildProcess | undefined;
  try {
    for (let next = queue.shift(); next; next = queue.shift()) {
      signal?.throwIfAborted();
      if (!child || child.exitCode !== null || child.signalCode !== null) child = start(file);
      const { run, index } = next;
      const answer = await ask(child, { index, retryFailed }, progress => events.progress(run, progress), signal);
      if ('gone' in answer) {
        next.kills++;
        if (next.kills < mostKills) queue.unshift(next);
        else
          events.ended(run, {
            failure: await keepFailure(
              results,
              run.run.config,
              `its process ended ${next.kills} times: ${answer.gone}`,
            ),
          });
      } else if ('error' in answer) throw new Error(answer.error);
      else if ('owner' in answer.outcome) {
        events.elsewhere(
          [run],
          answer.outcome.owner
            ? `process ${answer.outcome.owner.pid} on ${answer.outcome.owner.host}`
            : 'another process',
        );
        queue.push(next);
        await wait(1000, undefined, { signal });
      } else events.ended(run, answer.outcome);
    }
  } finally {
    await stop(child);
  }
}

function start(file: string): ChildProcess {
  const [program, ...args] = commandLine(['work', file]);
  return spawn(program!, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    serialization: 'advanced',
    env: { ...process.env, ...sourceEnvironment() },
  });
}

type WorkerAnswer =
  | { outcome: Extract<FromWorker, { outcome: unknown }>['outcome'] }
  | { error: string }
  | { gone: string };

async function ask(
  child: ChildProcess,
  message: ToWorker,
  onProgress: (progress: { fraction: number; doing: string }) => void,
  signal?: AbortSignal,
): Promise<WorkerAnswer> {
  return new Promise((resolve, reject) => {
    const onMessage = (answer: FromWorker) => {
      if (answer.index !== message.index) return;
      if ('progress' in answer) onProgress(answer.progress);
      else end(() => resolve(answer));
    };
    const onExit = (code: number | null, by: string | null) => end(() => resolve({ gone: by ?? `exit code ${code}` }));
    const onAbort = () => end(() => reject(signal!.reason));
    const end = (then: () => void) => {
      child.off('message', onMessage);
      child.off('exit', onExit);
      child.off('error', onFailure);
      signal?.removeEventListener('abort', onAbort);
      then();
    };
    const onFailure = (error: Error) => end(() => reject(error));
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.on('error', onFailure);
    signal?.addEventListener('abort', onAbort);
    child.send(message, error => error && end(() => resolve({ gone: error.message })));
  });
}

/** Disconnects from the worker, which then saves its checkpoint and exits. */
async function stop(child: ChildProcess | undefined): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise(resolve => child.once('exit', resolve));
  if (child.connected) child.disconnect();
  const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
  await gone;
  clearTimeout(late);
}
