import type { OnProgress, Progress } from '@dgprompt/io';
import type { Method } from '../learner/types.js';
import type { TriedMethod } from '../method/trained.js';
import type { TrainOptions, TrainProgress } from '../training/train.js';

/** The phases of `train`, then `images`: those on which the finished classifier, then the untrained CLIP, is tested. */
export type ClassifierProgress = TrainProgress | Progress<'images'>;

/**
 * Options of `train`, and where the classifier goes. A `transform` or `testTransform` of one's own also measures on
 * validation images; the finished classifier is tested with the standard view, in which it predicts.
 */
export interface TrainClassifierOptions
  extends Omit<TrainOptions, 'checkpoint' | 'checkpointSeconds' | 'validation' | 'onProgress'> {
  /** Folder for the finished classifier and, during training, the checkpoint to resume from. */
  out: string;
  /** Absolute path of the folder or list that the images came from. */
  source: string;
  /** The method's name on the card, or a function from id to name. Default: its id. */
  title?: string | ((id: string) => string);
  /** Called with each of several methods before it is tried. */
  onMethod?(method: Method): void;
  /** Called with each of several methods once it has been tried, now or in an earlier call. */
  onTried?(tried: TriedMethod): void;
  onProgress?: OnProgress<ClassifierProgress>;
}
