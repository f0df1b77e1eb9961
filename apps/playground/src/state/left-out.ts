import type { Intake } from '../intake/classes.js';
import { t } from '../strings/index.js';
import { say } from './notices.js';

/** Says which of the given files were left out, and why. */
export function reportLeftOut({ classes, loose, heic, others, damagedZips, largeZips }: Intake): void {
  const words = t().data;
  const none = classes.length + loose.length === 0;
  if (heic > 0) say('warning', words.heic(heic));
  else if (others > 0 && !none) say('info', words.others(others));
  for (const name of damagedZips) say('error', words.damagedZip(name));
  for (const name of largeZips) say('error', words.largeZip(name));
  if (none && heic + damagedZips.length + largeZips.length === 0) say('warning', words.nothing);
}
