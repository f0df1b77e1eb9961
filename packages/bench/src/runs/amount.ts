import type { ResolvedMethod } from '@dgprompt/methods/method';

/** The images that a run goes through. */
export interface RunWork {
  /** Their frozen features are computed before the first epoch. Counted once per view. */
  features: number;
  /** Trained on: the images of an epoch times the epochs. */
  steps: number;
  /** Tested. Counted once per view. */
  tests: number;
}

/** A training step's cost for one image, relative to testing an image: forward, backward, and a random view. */
export const stepCost = 4;
/** The same with cached features: most methods then run the text tower only. */
const cachedStepCost = 0.1;

/**
 * The work of a run, and its estimated cost in tested images.
 *
 * @param images.train images of an epoch
 * @param images.tests tested images, counted once per view
 * @param views of each training image if features are computed once; 0 if every epoch draws new views
 */
export function runWork(
  method: ResolvedMethod,
  images: { train: number; tests: number },
  { epochs, views }: { epochs: number; views: number },
): { work: RunWork; costs: RunWork } {
  const prompted = method.promptedImages;
  const computesFeatures = epochs > 0 && views > 0 && (!prompted || method.wantsFrozen);
  const work = {
    features: computesFeatures ? views * images.train : 0,
    steps: epochs * images.train,
    tests: images.tests,
  };
  const cached = computesFeatures && !prompted;
  return { work, costs: { ...work, steps: work.steps * (cached ? cachedStepCost : stepCost) } };
}
