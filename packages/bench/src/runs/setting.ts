import type { Clip } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import type { Compute } from '@dgprompt/engine';
import { pillow } from '@dgprompt/images';
import type { MethodFactory } from '@dgprompt/methods';
import type { Views } from '@dgprompt/methods/evaluation';
import type { Descriptions, ResolvedMethod } from '@dgprompt/methods/method';
import type { Keep } from '@dgprompt/methods/training';
import type { BrokenImage } from '../data/broken-images.js';
import { descriptionsHash } from '../data/descriptions.js';
import type { Contents } from '../data/fingerprint.js';
import type { Json, RunConfig } from '../records/config.js';
import type { Protocol } from '../suites/protocols/protocol.js';

/** Everything needed to prepare a run. */
export interface RunSetting extends Compute {
  clip: Clip;
  suite: string;
  protocol: Protocol;
  /** The task it trains on. */
  dataset: Dataset;
  /** Identifies a dataset; runs that share datasets share a remembered `fingerprint`. */
  fingerprintOf(dataset: Dataset): string;
  /** The images' digests when the run was planned. */
  contents: Contents;
  /** The experiment's other datasets. Default: none. */
  others?: readonly Dataset[];
  /** Images that do not decode: left out after the few-shot set is drawn, and named in the record. Default: none. */
  broken?: readonly BrokenImage[];
  method: MethodFactory;
  /** SHA-256 of the files of the method and the protocol, if they are custom ones. */
  code?: string;
  shots: number;
  seed: number;
  /** Overrides the method's published values: epochs, learning rate, options. */
  overrides?: Readonly<Record<string, Json>>;
  /** See `PlanOptions`. */
  cacheFeatures?: number;
  /**
   * Tests on validation images of the training classes after every epoch; alone, this never changes what is learned.
   */
  validate?: boolean;
  /** Sentences about the classes of all datasets, for a method that takes them. */
  descriptions?: Descriptions;
  /** See `TrainOptions`. */
  keep?: Keep;
  patience?: number;
  /** See `EvaluateOptions`; applies only to tests, training and validation use one view. Default: 1 */
  views?: Views;
}

/** Everything that determines the numbers of a run. */
export function configOf(setting: RunSetting, method: ResolvedMethod): RunConfig {
  const { suite, dataset, others = [], protocol, shots, seed, clip, code, precision, views = 1 } = setting;
  const { fingerprintOf, broken = [] } = setting;
  const tests = Object.fromEntries(others.map(other => [other.name, fingerprintOf(other)]));
  return {
    protocol: protocol.name,
    suite,
    task: dataset.name,
    data: fingerprintOf(dataset),
    ...(others.length > 0 && { tests }),
    method: method.name,
    ...(code !== undefined && { code }),
    options: method.options as Record<string, Json>,
    recipe: recipeOf(method, setting),
    shots,
    seed,
    model: clip.id,
    device: setting.device ?? 'cpu',
    backend: setting.backend ?? 'onnxruntime',
    threads: setting.threads ?? 0,
    ...(precision !== undefined && precision !== 'fp32' && { precision }),
    ...(views !== 1 && { views }),
    ...(setting.descriptions && { descriptions: descriptionsHash(setting.descriptions) }),
    ...(pillow() === 13 && { pillow: 13 }),
    ...(broken.length > 0 && { skipBroken: true }),
  };
}

/** The part of training that determines the numbers; a method that is fitted in one step has no epochs. */
function recipeOf({ recipe, training, readsAugmented }: ResolvedMethod, setting: RunSetting): Record<string, Json> {
  if (training === 'none' || (training === 'fit' && !readsAugmented)) return {};
  const cacheFeatures = cachedViewsIn(setting);
  const augment = cacheFeatures !== 0;
  const { cropScale, augmentation, ...others } = recipe;
  const views: Record<string, Json> = {
    ...(augment && cropScale !== undefined && { cropScale }),
    ...(augment && augmentation !== undefined && { augmentation }),
  };
  if (training === 'fit' && setting.dataset.fixedViews)
    return augment ? { ...views, augment, cacheFeatures: cacheFeatures! } : {};
  if (training === 'fit') return augment ? views : { augment };
  return {
    ...others,
    ...views,
    augment,
    ...(cacheFeatures && { cacheFeatures }),
    ...(setting.validate && { validate: true }),
    ...(setting.keep === 'best' && { keep: 'best' }),
    ...(setting.patience !== undefined && { patience: setting.patience }),
  } as unknown as Record<string, Json>;
}

/** Number of augmented views per image that are drawn once; 0 if training sees the same view as a test. */
export const cachedViewsIn = ({ dataset, cacheFeatures }: RunSetting): number | undefined =>
  cacheFeatures ?? (dataset.fixedViews ? 0 : undefined);
