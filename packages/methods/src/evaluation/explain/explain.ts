import type { Dataset, Item } from '@dgprompt/datasets';
import type { Views } from '@dgprompt/images';
import type { OnProgress } from '@dgprompt/io';
import type { FrozenRows } from '../../features/image.js';
import { controlsOf } from '../../learner/controls.js';
import type { Method } from '../../learner/types.js';
import { cachedTransform, evalTransform, type Transform } from '../../transforms/transform.js';
import { adaptedToSet } from '../adapt-set.js';
import { classify, standardBatch } from '../classify.js';
import { largest } from '../probabilities.js';
import { sharedRows, testSet } from '../test-set.js';
import { type Control, type Opened, replacing } from './control.js';
import { adaptationControls } from './of-adaptation.js';
import { classesControl } from './of-classes.js';
import { imageControls } from './of-image.js';
import { accuraciesOf, type Interval, type Outcomes, outcomesOf, pairedInterval } from './outcomes.js';

/** Accuracy under one control. */
export interface ControlResult {
  /** The change, such as `guidance of another image`. */
  control: string;
  /** Accuracy with the change, in percent. */
  top1: number;
  /** `top1` minus the method's own, in percentage points. */
  difference: number;
  /** 95 % interval of the difference, see `pairedInterval`. */
  interval: Interval;
  /** Images whose predicted class changes, in percent. */
  changed: number;
  outcomes: Outcomes;
  /** No logit changes: what the control replaces is not used for these classes. */
  unused?: true;
}

/** A method's own accuracy, and that under each control. */
export interface Explanation {
  method: string;
  /** In percent. */
  top1: number;
  correct: number;
  /** Test images. */
  images: number;
  controls: ControlResult[];
}

export interface ExplainOptions {
  /** Class names for image features of a wrong class set. Default: everyday things */
  wrongClasses?: readonly string[];
  /** Images per batch. Default: `standardBatch` */
  batch?: number;
  /** See `evaluate`. Default: 1 */
  views?: Views;
  /** Source of the pixels, instead of image files. */
  transform?: Transform;
  signal?: AbortSignal;
  /** The phase is `images`, over all controls. */
  onProgress?: OnProgress;
}

/**
 * Measures whether the input that a method is conditioned on carries information: its accuracy with the same prompts
 * when that input is replaced by another image (or the mean over all images), a wrong class set or another class (or
 * the mean over all classes), and without each part that the method lists in `controls`. A method that adapts to a test
 * does so first, then to a wrong class set, then not at all. Unlike ablations, nothing is retrained.
 *
 * @param on a dataset, for its test images and classes; or images of the method's classes. Default: the method's own
 *   dataset
 * @throws one sentence for a method that is conditioned on nothing, for items that do not fit the classes, or for one
 *   image of a method that is conditioned on each image; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { cocoop } from '@dgprompt/methods';
 * import { explain } from '@dgprompt/methods/evaluation';
 * import { loadTask, miniClip } from '@dgprompt/pictograms';
 *
 * const weather = await loadTask('weather');
 * const method = cocoop(await loadClip(miniClip), weather); // not trained
 * const { controls } = await explain(method, weather.test.slice(0, 8));
 * console.log(controls.map(({ control }) => control));
 * // [ 'guidance of another image', 'mean guidance of all images' ]
 * ```
 */
export async function explain(
  method: Method,
  on: Dataset | readonly Item[] | undefined = method.dataset,
  options: ExplainOptions = {},
): Promise<Explanation> {
  const { tested, items } = testSet(method, on);
  const { adaptSet } = tested.learner;
  const titles = controlTitles(tested);
  if (titles.length === 0) throw new Error(`${method.name} ${nothingToExplain}`);
  const {
    transform = cachedTransform(evalTransform(method.clip.preparation)),
    views = 1,
    signal,
    onProgress,
  } = options;
  const batch = Math.min(options.batch ?? standardBatch(tested, views), items.length);
  const paths = items.map(({ path }) => path);
  const rows = await sharedRows(tested, paths, { transform, views, signal });
  const total = (1 + titles.length) * items.length;
  let done = 0;
  const classes = async (opened: Pick<Opened, 'method' | 'batches'>) => {
    const found = await classified(opened, { paths, batch, views, rows, transform, signal }, share =>
      onProgress?.({ phase: 'images', done: done + Math.floor(share * items.length), total }),
    );
    done += items.length;
    return found;
  };
  const labels = items.map(({ label }) => label);
  const results: ControlResult[] = [];
  const look = async (own: Classes, controls: readonly Control[]) => {
    for (const { title, open } of controls) {
      const opened = await open({ items, transform, batch, signal });
      try {
        results.push(compared(title, labels, own, await classes(opened)));
      } finally {
        opened.dispose();
      }
    }
  };
  const adapted = adaptSet && (await adaptedToSet(tested, paths, { transform, signal }));
  const ready = adapted?.method ?? tested;
  let own: Classes;
  try {
    own = await classes({ method: ready });
    await look(own, allControls(ready, options.wrongClasses));
  } finally {
    adapted?.restore();
  }
  await look(own, adaptationControls(tested, options.wrongClasses));
  const correct = labels.filter((label, i) => own.predicted[i] === label).length;
  return {
    method: method.name,
    top1: (100 * correct) / items.length,
    correct,
    images: items.length,
    controls: results,
  };
}

/** After a method's name. */
const nothingToExplain =
  'is conditioned on nothing: text features depend on the class alone and image features on the image alone, so there is nothing to replace.';

/**
 * The titles of a method's controls; none for a method that is conditioned on nothing, such as CoOp.
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { coop, resolveMethod } from '@dgprompt/methods';
 * import { controlTitles } from '@dgprompt/methods/evaluation';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * console.log(controlTitles(coop(clip, ['sun', 'moon']))); // []
 * console.log(controlTitles(resolveMethod('coop:memory')(clip, ['sun', 'moon'])));
 * // [ "another class's shift", 'mean shift alone', 'no shift', 'no centring' ]
 * ```
 */
export const controlTitles = (method: Method): string[] =>
  [...allControls(method), ...adaptationControls(method)].map(({ title }) => title);

/** Controls of the method's conditions, then its own, which replace others of the same title. */
function allControls(method: Method, wrong?: readonly string[]): Control[] {
  const { conditionedOn = [], controls = {} } = method.learner;
  const general = [
    ...(conditionedOn.includes('image') ? imageControls(method) : []),
    ...(conditionedOn.includes('classes') ? [classesControl(method, wrong)] : []),
  ].filter(({ title }) => !Object.hasOwn(controls, title));
  const own = Object.entries(controlsOf(method.learner)).flatMap(([title, change]) =>
    change ? [replacing(title, method, change)] : [],
  );
  return [...general, ...own];
}

interface Seen {
  paths: readonly string[];
  batch: number;
  views: Views;
  rows?: FrozenRows;
  transform: Transform;
  signal?: AbortSignal;
}

/** For each image the predicted class, and a number that changes with any logit. */
interface Classes {
  predicted: Int32Array;
  traces: Float64Array;
}

async function classified(
  { method, batches }: Pick<Opened, 'method' | 'batches'>,
  { paths, batch, rows, ...seen }: Seen,
  onShare: (share: number) => void,
): Promise<Classes> {
  const order = batches?.flat() ?? [...paths.keys()];
  const size = batches?.[0]?.length ?? batch;
  const inOrder = rows && {
    batch: (at: readonly number[], n: number) =>
      rows.batch(
        at.map(i => order[i]!),
        n,
      ),
  };
  const predicted = new Int32Array(paths.length);
  const traces = new Float64Array(paths.length);
  let place = 0;
  const images = order.map(i => paths[i]!);
  for await (const one of classify(method, images, { ...seen, batch: size, rows: inOrder })) {
    if (one.error) throw one.error;
    const [at, row] = [order[place]!, place % size];
    // The second half of given batches only provides text features.
    if (!batches || row < size / 2) {
      predicted[at] = largest(one.logits);
      traces[at] = one.logits.reduce((sum, logit, c) => sum + logit * Math.sin(c + 1), 0);
    }
    onShare(++place / order.length);
  }
  return { predicted, traces };
}

/** Rounding of logits, which depends on the graph and the size of the batch. */
const rounding = 1e-3;

function compared(control: string, labels: readonly number[], own: Classes, changed: Classes): ControlResult {
  const outcomes = outcomesOf(labels, own.predicted, changed.predicted);
  const { right, top1 } = accuraciesOf(outcomes);
  const others = own.predicted.filter((one, i) => one !== changed.predicted[i]).length;
  const isUnused = own.traces.every((trace, i) => Math.abs(trace - changed.traces[i]!) <= rounding);
  return {
    control,
    top1,
    difference: top1 - right,
    interval: pairedInterval([outcomes], ([test]) => accuraciesOf(test!).top1 - accuraciesOf(test!).right),
    changed: (100 * others) / labels.length,
    outcomes,
    ...(isUnused && { unused: true }),
  };
}
