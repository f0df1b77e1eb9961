import { thisCommand } from './this-command.js';

/** The command to type again, as far as it is known: a script that calls this one has arguments of its own. */
export function sameCommand(): string {
  const script = process.env.npm_lifecycle_event;
  if (script !== undefined && script !== 'npx') return '.';
  return `:\n  ${script === 'npx' ? 'npx ' : ''}${thisCommand()}`;
}
