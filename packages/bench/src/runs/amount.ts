import type { ResolvedMethod } from '@dgprompt/methods/method';

/** The work of training, in images through the frozen vision tower. */
export interface TrainingAmount {
  /** Before the first epoch. */
  features: number;
  epoch: number;
}

/** Cost of a step for an image with cached features, relative to computing the features. */
const cachedShare = 0.1;

/**
 * @param images trained on in every epoch
 * @param views of each image if features are computed once; 0 if every epoch draws new views
 */
export function trainingAmount(method: ResolvedMethod, images: number, views: number): TrainingAmount {
  const prompted = method.promptedImages;
  const computesFeatures = views > 0 && (!prompted || method.wantsFrozen);
  return {
    features: computesFeatures ? views * images : 0,
    epoch: images * (computesFeatures && !prompted ? cachedShare : 1),
  };
}
