import type { PromptLearner } from './types.js';

const revisions = new WeakMap<PromptLearner, number>();

/** How often a method's variables have changed; what is computed from them is good for one revision. */
export function revision(parts: PromptLearner): number {
  return revisions.get(parts) ?? 0;
}

/** Says that a method's variables have changed. */
export function changed(parts: PromptLearner): void {
  revisions.set(parts, revision(parts) + 1);
}
