/** A signal that Ctrl-C (or a polite kill) aborts. */
export interface Interrupt {
  signal: AbortSignal;
  /** From now on Ctrl-C ends the process at once, as usual. */
  release(): void;
}

/** The first Ctrl-C aborts the signal, so that the work can end in order; the second one ends the process. */
export function interrupted(): Interrupt {
  const controller = new AbortController();
  const events = ['SIGINT', 'SIGTERM'] as const;
  const release = () => {
    for (const event of events) process.off(event, onEvent);
  };
  const onEvent = () => {
    if (controller.signal.aborted) {
      if (process.stderr.isTTY) process.stderr.write('\u001b[?25h\u001b[?7h\n'); // the cursor and line wrapping back
      process.exit(130);
    }
    controller.abort(new Error('Stopped by the user.'));
  };
  for (const event of events) process.on(event, onEvent);
  return { signal: controller.signal, release };
}

/**
 * Runs work that Ctrl-C may stop: then says so, with exit code 130. Any other error is thrown.
 * @param ending.end runs once, whatever happens: bars go, models are freed
 * @param ending.stopped the sentence for whoever stopped it
 */
export async function stoppable(
  work: (signal: AbortSignal) => Promise<void>,
  { end, stopped }: { end(): void; stopped: string },
): Promise<void> {
  const { signal, release } = interrupted();
  let wasStopped = false;
  try {
    await work(signal);
  } catch (error) {
    if (!signal.aborted) throw error;
    wasStopped = true;
  } finally {
    end();
    release();
  }
  if (!wasStopped) return;
  process.stderr.write(`${stopped}\n`);
  process.exitCode = 130;
}
