import type { Clip } from '@dgprompt/clip';
import { classSubset, type Dataset, fewShot } from '@dgprompt/datasets';
import { type Method, type MethodFactory, methodNames, resolveMethod, withRecipe } from '@dgprompt/methods';
import { recommendedSettings } from '@dgprompt/pictograms';
import { groupName } from './kept.js';
import type { Device, TrainSettings } from './protocol.js';

/** The worker's state: one CLIP, one set of pictures, and the methods trained on them. */
interface Session {
  /** Address of the page, the base of files that are fetched by name. */
  assets: string;
  device: Device;
  clip?: Clip;
  /** Whether that is the mini-CLIP, which methods have recommended settings for. */
  isMini: boolean;
  data?: { key: string; dataset: Dataset };
  /** By group of settings and method; those stored in private files can be loaded again. */
  trained: Map<string, { method: Method; isKept: boolean }>;
  /** The same methods with the classes for trying pictures. */
  widened: Map<string, { method: Method; of: Method }>;
}

export const session: Session = { assets: '', device: 'wasm', isMini: false, trained: new Map(), widened: new Map() };

export function currentClip(): Clip {
  if (!session.clip) throw new Error('No CLIP is loaded yet.');
  return session.clip;
}

export function currentData() {
  if (!session.data) throw new Error('No pictures are chosen yet.');
  return session.data;
}

/** Frees the methods trained so far; their private files remain. */
export const freeMethods = (): void => free(() => true);

/** Frees methods of other groups of settings if they are stored, because their graphs hold CLIP's weights. */
export const freeOthers = (group: string): void => free((key, isKept) => isKept && !key.startsWith(`${group}/`));

function free(isFreed: (key: string, isKept: boolean) => boolean): void {
  for (const methods of [session.widened, session.trained])
    for (const [key, one] of methods) {
      if (!isFreed(key, !('isKept' in one) || one.isKept)) continue;
      one.method.dispose();
      methods.delete(key);
    }
}

/** The training classes, and those without training. */
export function partsOf({ shots, seed, split }: TrainSettings): { base: Dataset; rest?: Dataset } {
  const { dataset } = currentData();
  const drawn = fewShot(dataset, Math.min(shots, mostShots(dataset)), seed);
  if (split === 'all' || dataset.classNames.length < 4) return { base: drawn };
  return { base: classSubset(drawn, 'base'), rest: classSubset(drawn, 'new') };
}

export function mostShots({ train, classNames }: Dataset): number {
  const counts = classNames.map(() => 0);
  for (const { label } of train) counts[label]!++;
  return Math.max(1, ...counts);
}

/** Methods that need files of their own, or are earlier versions of others. */
const hidden = ['dgprompt-first'];

export const offered = methodNames.filter(id => !hidden.includes(id));

/** A method, with its recommended settings if the CLIP is the mini-CLIP. */
export function factoryOf(id: string): MethodFactory {
  const settings = session.isMini ? recommendedSettings[id] : undefined;
  return settings ? withRecipe(resolveMethod(id), settings) : resolveMethod(id);
}

export const optionsOf = ({ epochs, seed }: TrainSettings) => ({ seed, ...(epochs > 0 && { epochs }) });

export const currentGroup = (settings: TrainSettings): Promise<string> =>
  groupName([session.device, currentData().key, currentClip().id], settings);

export const titleOf = (id: string): string => resolveMethod(id).definition.title ?? id;
