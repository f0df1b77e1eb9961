import type { Dataset, Item } from '@dgprompt/datasets';
import { activeDevice } from '@dgprompt/engine';
import { pillow } from '@dgprompt/images';
import { joinPath, makeFolder, readText, sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { evaluate } from '../evaluation/evaluate.js';
import { type FrozenRows, frozenRows } from '../features/image.js';
import { promptedImages, takesSteps } from '../learner/forward.js';
import { changed } from '../learner/revision.js';
import type { Method } from '../learner/types.js';
import { checkpointFiles } from '../method/saved-run.js';
import type { Comparison, TriedMethod } from '../method/trained.js';
import { namedVariables, readVariables } from '../method/variables.js';
import type { Epoch } from '../training/history.js';
import { knownItems } from '../training/items.js';
import { bestPrompts, type Keep, keptEpoch } from '../training/keep.js';
import { train } from '../training/train.js';
import { cachedTransform, evalTransform, type Transform } from '../transforms/transform.js';
import { crossValidation, type Folds, foldsOf } from './cross-validation.js';
import type { TrainClassifierOptions } from './options.js';
import { testedOn } from './write.js';

/** File in the folder of unfinished training with the methods tried so far. */
export const triedFile = 'tried.json';

export interface TryOptions extends Omit<TrainClassifierOptions, 'out' | 'source' | 'title'> {
  keep: Keep;
  /** Folder for checkpoints, with a subfolder per method. */
  working: string;
}

/** The best method of several. */
export interface Best {
  method: Method;
  epochs: Epoch[];
  compared: Comparison;
  /** Frozen features of the images that the classifier is tested on, if they are of its view and all could be read. */
  rows?: FrozenRows;
  /** An interruption ended the training of a method. */
  isStopped: boolean;
}

/** A tried method, as saved in the folder. */
interface Kept {
  /** Hash of everything that affects its numbers. */
  identity: string;
  tried: TriedMethod;
  epochs: Epoch[];
}

/** @throws one sentence if methods cannot be compared on the same images */
export function checkComparable(methods: readonly Method[]): void {
  const [first] = methods;
  if (!first) throw new Error('There are no methods to train; give at least one.');
  for (const { name, clip, classNames } of methods)
    if (clip !== first.clip || classNames.join('\n') !== first.classNames.join('\n'))
      throw new Error(`${name} has another CLIP or other classes than ${first.name}; make all methods of the same.`);
}

/** Trains several methods and returns the best one on images that it was not trained on. */
export async function tryMethods(methods: readonly Method[], dataset: Dataset, options: TryOptions): Promise<Best> {
  const { working, signal, onMethod, onTried } = options;
  const { clip } = methods[0]!;
  const { features } = options;
  const own = options.testTransform ?? options.transform;
  const whole = own ?? cachedTransform({ ...evalTransform(clip.preparation), features });
  const rows = methods.every(promptedImages) ? undefined : await sharedFeatures(methods[0]!, dataset, whole, options);
  const folds = dataset.val.length > 0 ? undefined : foldsOf(dataset.train);
  const all: TriedMethod[] = [];
  const file = joinPath(working, triedFile);
  const before = await keptIn(file);
  const items = await Promise.all([dataset.train, dataset.val].map(async set => (await knownItems(set, signal)).hash));
  const kept: Kept[] = [];
  let best: { method: Method; epochs: Epoch[]; top1: number } | undefined;
  let isStopped = false;
  for (const method of methods) {
    onMethod?.(method);
    const identity = identityOf(method, items, options);
    // whatever its place in the list, which another call may change
    const folder = joinPath(working, `${method.name.replaceAll(/[^\w.-]+/g, '-')}-${identity.slice(0, 12)}`);
    const one = { method, dataset, folder, whole, folds, known: before.find(each => each.identity === identity) };
    const history: Epoch[] = [];
    let tried: TriedMethod = { name: method.name, seconds: 0 };
    try {
      tried = isStopped ? { ...tried, reason: 'not tried' } : await tryOne(one, history, options);
    } catch (error) {
      if (!signal?.aborted || !best) throw error;
      isStopped = true;
      tried = { ...tried, ...interrupted(one, history, options) };
    }
    all.push(tried);
    onTried?.(tried);
    if (!tried.reason) {
      await makeFolder(working);
      kept.push({ identity, tried, epochs: history });
      await writeFileAtomic(file, `${JSON.stringify(kept)}\n`);
    }
    const { top1, reason } = tried;
    if (top1 !== undefined ? !best || top1 > best.top1 : !best && !reason)
      best = { method, epochs: history, top1: top1 ?? Number.NEGATIVE_INFINITY };
  }
  if (!best)
    throw new Error(
      `${all.map(({ name }) => name).join(', ')} cannot be compared without validation images; give some, or one method.`,
    );
  const { method, epochs } = best;
  const found = { saved: method.name, methods: all };
  const compared: Comparison = folds
    ? { on: 'training', images: folds.held.length, folds: folds.count, ...found }
    : { on: 'validation', images: dataset.val.length, ...found };
  return { method, epochs, compared, rows: own ? undefined : rows, isStopped };
}

/** A method to try. */
interface Try {
  method: Method;
  dataset: Dataset;
  folder: string;
  /** The view of whole images. */
  whole: Transform;
  /** For cross-validation, without validation images. */
  folds: Folds | undefined;
  known: Kept | undefined;
}

/** Trains a method, unless an earlier call did, and measures it. @param history receives its epochs */
async function tryOne(
  { method, dataset, folder, whole, folds, known }: Try,
  history: Epoch[],
  { working: _, onMethod: __, onTried: ___, ...options }: TryOptions,
): Promise<TriedMethod> {
  const { name, learner } = method;
  const hasSteps = takesSteps(method);
  const started = performance.now();
  const seconds = () => (hasSteps ? secondsOf(history) : (performance.now() - started) / 1000);
  if (folds && hasSteps) return { name, seconds: 0, reason: 'not trained, without validation images' };
  if (known && !hasSteps) {
    if (learner.fit) readVariables(joinPath(folder, checkpointFiles.prompts), namedVariables(learner), name);
    changed(learner);
    history.push(...known.epochs);
    return known.tried;
  }
  const { signal } = options;
  const given = { transform: whole, signal };
  const measured = folds && folds.count > 1 ? await heldOutTop1(method, dataset.train, folds, given) : undefined;
  if (hasSteps || learner.fit)
    for await (const epoch of train(method, dataset, {
      ...options,
      ...{ testTransform: whole, checkpoint: folder, validation: dataset.val },
      onResume(done) {
        history.push(...done);
        options.onResume?.(done);
      },
    }))
      history.push(epoch);
  else if (!folds) return { name, top1: (await evaluate(method, dataset.val, given)).top1, seconds: seconds() };
  return { name, top1: measured ?? topOf(history, options.keep), seconds: seconds() };
}

/** Accuracy on training images that are held out; a method that adapts to each image has nothing to hold them from. */
async function heldOutTop1(
  method: Method,
  items: readonly Item[],
  folds: Folds,
  given: { transform: Transform; signal?: AbortSignal },
): Promise<number> {
  if (!method.learner.adapt) return crossValidation(method, items, folds, given);
  const held = folds.held.map(i => items[i]!);
  return (await evaluate(method, held, given)).top1;
}

/** Result of an interrupted method; restores the prompts of its best epoch if they were kept. */
function interrupted({ method, folder }: Try, history: Epoch[], { keep }: TryOptions): Partial<TriedMethod> {
  const seconds = secondsOf(history);
  const last = history.at(-1);
  if (!last) return { seconds, reason: 'interrupted' };
  const reason = `interrupted after epoch ${last.number} of ${last.epochs}`;
  if (keep !== 'best') return { seconds, reason };
  bestPrompts(method, folder).restore();
  return { top1: topOf(history, keep), seconds, reason };
}

const topOf = (history: readonly Epoch[], keep: Keep) => history[keptEpoch(history, keep) - 1]?.validation;

const secondsOf = (history: readonly Epoch[]) => history.reduce((sum, epoch) => sum + epoch.seconds, 0);

/** Computes the frozen features that all methods share. @returns those of the images that the best one is tested on */
async function sharedFeatures(
  { clip }: Method,
  dataset: Dataset,
  transform: Transform,
  { signal, onProgress }: TryOptions,
): Promise<FrozenRows | undefined> {
  const tested = testedOn(dataset);
  const sets = [dataset.train, dataset.val, dataset.test].filter(items => items.length > 0);
  const total = sets.reduce((sum, items) => sum + items.length, 0);
  let before = 0;
  const rowsOf = (items: readonly Item[]) =>
    frozenRows(
      clip,
      items.map(({ path }) => path),
      { transform, signal, onRows: done => onProgress?.({ phase: 'features', done: before + done, total }) },
    );
  let rows: FrozenRows | undefined;
  for (const items of sets) {
    const isTest = items === dataset.test;
    const ofItems = await rowsOf(items).catch(error => {
      if (!isTest || signal?.aborted) throw error;
      return undefined; // a test image that cannot be read is left out of the card
    });
    if (items === tested.items) rows = ofItems;
    before += items.length;
  }
  return rows;
}

/** Hash of everything that affects a method's numbers. @param items hashes of the images */
function identityOf(method: Method, items: readonly string[], options: TryOptions): string {
  const { name, recipe, task, seed, classNames, clip } = method;
  const { augment, cacheFeatures, keep, patience, code } = options;
  const computed = { precision: activeDevice().precision, pillow: pillow() };
  const settings = { augment, cacheFeatures, keep, patience, code, ...computed, options: method.options };
  return sha256Hex(JSON.stringify([name, recipe, task, seed, classNames, clip.id, settings, items]));
}

/** The methods that an earlier call tried; none if there was no such call or its file is unreadable. */
const keptIn = (file: string): Promise<Kept[]> =>
  readText(file)
    .then(text => JSON.parse(text) as Kept[])
    .catch(() => []);
