import { t } from '../strings/index.js';

/** An error's message for users of the page; the engine's message about a lost GPU addresses programs. */
export function sentenceOf(error: unknown): string {
  const { message } = error as Error;
  return /GPU was lost/.test(message) ? t().problems.deviceLost : message;
}
