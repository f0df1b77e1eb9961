import { outputClosed, whileWorking } from './closed-output.js';
import { type Reporter, reporter } from './reporter.js';

/** How long-running work is displayed and how it ends. */
export interface InterruptibleOptions {
  /** The sentence on stderr after an interruption. */
  interrupted: string;
  /** Default: one on stderr. Stopped at the end. */
  report?: Reporter;
  /** Called once at the end in any case, for example to free a model. */
  end?(): void;
}

/**
 * Runs work that Ctrl-C or SIGTERM may interrupt: the first aborts the signal, so that the work ends cleanly; the
 * second ends the process at once. After an interruption the exit code is 130. If the reader of the output has ended,
 * the work ends in the same way without a message.
 *
 * @throws any other error of the work
 */
export async function interruptible(
  work: (signal: AbortSignal, report: Reporter) => Promise<void>,
  { interrupted, report = reporter(), end }: InterruptibleOptions,
): Promise<void> {
  const controller = new AbortController();
  const events = ['SIGINT', 'SIGTERM'] as const;
  const onEvent = () => {
    if (controller.signal.aborted) {
      if (process.stderr.isTTY) process.stderr.write('\u001b[?25h\u001b[?7h\n'); // restore the cursor and line wrapping
      process.exit(130);
    }
    report.line('  Stopping. Press Ctrl-C again to exit at once.');
    controller.abort(new Error('Interrupted by the user.'));
  };
  for (const event of events) process.on(event, onEvent);
  const onClosed = () => controller.abort(outputClosed.reason);
  outputClosed.addEventListener('abort', onClosed);
  let wasInterrupted = false;
  try {
    await whileWorking(() => work(controller.signal, report));
  } catch (error) {
    if (!controller.signal.aborted) throw error;
    wasInterrupted = true;
  } finally {
    report.stop();
    end?.();
    for (const event of events) process.off(event, onEvent);
    outputClosed.removeEventListener('abort', onClosed);
  }
  if (!wasInterrupted) return;
  if (!outputClosed.aborted) process.stderr.write(`${interrupted}\n`);
  process.exitCode = 130;
}
