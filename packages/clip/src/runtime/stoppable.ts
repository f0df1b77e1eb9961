import { Script } from 'node:vm';

const SLOT = '__dgpromptStoppable';
const call = new Script(`globalThis.${SLOT}()`);

/**
 * Runs something that may never end, such as a regular expression from a file, and stops it after the given
 * milliseconds: V8 interrupts a script wherever it is.
 *
 * @throws the error of `late` if it is stopped; otherwise what `work` throws
 */
export function stoppable<T>(work: () => T, milliseconds: number, late: () => Error): T {
  const globals = globalThis as unknown as Record<string, unknown>;
  const before = globals[SLOT];
  globals[SLOT] = work;
  try {
    return call.runInThisContext({ timeout: milliseconds }) as T;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException | undefined)?.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw late();
    throw cause;
  } finally {
    globals[SLOT] = before;
  }
}
