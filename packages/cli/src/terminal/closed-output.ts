import { cannotWrite } from '@dgprompt/io';

/** Error codes for writing to a reader that has ended, such as `head`, or to a closed terminal. */
const closedCodes: ReadonlySet<string> = new Set(['EPIPE', 'EIO', 'ERR_STREAM_DESTROYED']);

const closing = new AbortController();
let working = 0;

/** Aborted when the reader of this process's output has ended. */
export const outputClosed: AbortSignal = closing.signal;

/**
 * Ends the process quietly, like `cat`, when its output has no reader left. Work that can stop cleanly does so first:
 * see `whileWorking`.
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

/** Does work that stops on `outputClosed`. */
export async function whileWorking(work: () => Promise<void>): Promise<void> {
  working++;
  try {
    await work();
  } finally {
    working--;
  }
}
