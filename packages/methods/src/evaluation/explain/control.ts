import type { Item } from '@dgprompt/datasets';
import type { Method, PromptLearner } from '../../learner/types.js';
import type { Transform } from '../../transforms/transform.js';

/** One change to a method, to measure its effect. */
export interface Control {
  title: string;
  /** The method with the change, and the images it is tested on. */
  open(test: ControlTest): Promise<Opened>;
}

/** Input of a control. */
export interface ControlTest {
  items: readonly Item[];
  transform: Transform;
  /** Images per batch. */
  batch: number;
  signal?: AbortSignal;
}

export interface Opened {
  method: Method;
  /** Image indices of every batch, if not all images in order. */
  batches?: readonly (readonly number[])[];
  dispose(): void;
}

/** A method with some functions of its learner replaced; it owns nothing. */
export const withChange = (method: Method, change: Partial<PromptLearner>): Method => ({
  ...method,
  learner: { ...method.learner, ...change },
});

/** A control that replaces functions of the learner and needs nothing else. */
export const replacing = (title: string, method: Method, change: Partial<PromptLearner>): Control => ({
  title,
  open: async () => ({ method: withChange(method, change), dispose() {} }),
});
