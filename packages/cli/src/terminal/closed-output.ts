import { cannotWrite } from '@dgprompt/io';

/** Codes of a write to a reader that has ended, such as `head`, or to a terminal that was closed. */
const closedCodes: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

const closing = new AbortController();
let working = 0;

/** Aborted when whoever read this process's output has ended. */
export const outputClosed: AbortSignal = closing.signal;

/**
 * Ends the process quietly, as `cat` ends, when nobody reads its output any more. Work that can be stopped in an
 * orderly way is stopped so first: see `whileWorking`.
 */
export function endWithReader(streams: readonly NodeJS.WriteStream[] = [process.stdout, process.stderr]): void {
  for (const stream of streams)
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (!closedCodes.has(error.code ?? '')) {
        if (stream !== process.stderr) process.stderr.write(`dgprompt: ${cannotWrite('The output', error).message}\n`);
        process.exit(1);
      }
      if (working === 0) process.exit(process.exitCode ?? 0);
      closing.abort(error);
    });
}

/** Does work that `outputClosed` stops. */
export async function whileWorking(work: () => Promise<void>): Promise<void> {
  working++;
  try {
    await work();
  } finally {
    working--;
  }
}
