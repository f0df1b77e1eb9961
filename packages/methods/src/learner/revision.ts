import type { PromptLearner } from './types.js';

const revisions = new WeakMap<PromptLearner, number>();

/** How often a method's variables have changed; values computed from them are valid for one revision. */
export function revision(parts: PromptLearner): number {
  return revisions.get(parts) ?? 0;
}

/** Marks a method's variables as changed. */
export function changed(parts: PromptLearner): void {
  revisions.set(parts, revision(parts) + 1);
}
