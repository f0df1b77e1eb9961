import { t } from '../strings/index.js';

/** What an error says to the user of the page; the engine's sentence about a lost GPU speaks to programs. */
export function sentenceOf(error: unknown): string {
  const { message } = error as Error;
  return /GPU was lost/.test(message) ? t().problems.deviceLost : message;
}
