import type { Parts } from './types.js';

const revisions = new WeakMap<Parts, number>();

/** How often a method's variables have changed; what is computed from them is good for one revision. */
export function revision(parts: Parts): number {
  return revisions.get(parts) ?? 0;
}

/** Says that a method's variables have changed. */
export function changed(parts: Parts): void {
  revisions.set(parts, revision(parts) + 1);
}
