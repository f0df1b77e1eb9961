import type { OnProgress, Progress } from '@dgprompt/io';
import type { Method } from '../learner/types.js';
import type { TriedMethod } from '../method/trained.js';
import type { TrainOptions, TrainProgress } from '../training/train.js';

/**
 * The phases of `train`, then `images`: those that the finished classifier, and then the untrained CLIP, are tested on.
 */
export type ClassifierProgress = TrainProgress | Progress<'images'>;

export interface TrainClassifierOptions
  extends Omit<TrainOptions, 'checkpoint' | 'checkpointSeconds' | 'validation' | 'onProgress'> {
  /** Folder for the finished classifier; while training, for the checkpoint to resume from. */
  out: string;
  /** Where the images came from, a folder or a list: an absolute path. */
  source: string;
  /** The method's name on the card, or a function that gives that of each id. Default: its id. */
  title?: string | ((id: string) => string);
  /** Receives each of several methods before it is tried. */
  onMethod?(method: Method): void;
  /** Receives each of several methods after it was tried, or where that is known from an earlier call. */
  onTried?(tried: TriedMethod): void;
  onProgress?: OnProgress<ClassifierProgress>;
}
