import type { Clip } from '@dgprompt/clip';
import type { MethodFactory } from '@dgprompt/methods';
import { UsageError } from '../usage-error.js';

type Given = Readonly<Record<string, unknown>>;

/** Options of steps and epochs, and those of anything that learns from training images. */
const ofSteps = ['epochs', 'keep', 'patience'];
const ofTraining = ['validate', 'cacheFeatures'];

/**
 * @throws UsageError for options of training if none of a bench's methods uses them
 * @param task the protocol's recipes, and its shots
 */
export function checkTrainingOptions(
  methods: readonly MethodFactory[],
  clip: Clip,
  { recipe, shots }: { recipe: string; shots: readonly number[] },
  options: Given,
): void {
  const [steps, training] = [givenAmong(ofSteps, options), givenAmong(ofTraining, options)];
  if (steps.length + training.length === 0) return;
  const task = { protocol: recipe, shots: Math.max(1, ...shots), seed: 1 };
  const kinds = methods.map(method => trainingOf(method, clip, task));
  const ids = methods.map(({ id }) => id);
  if (!kinds.includes('epochs')) checkIdle(steps, ids, stepless);
  if (kinds.every(kind => kind === 'none')) checkIdle(training, ids, { one: 'trains nothing', all: 'train nothing' });
}

/** A method that cannot be built for two classes may train; its runs say what is wrong. */
function trainingOf(method: MethodFactory, clip: Clip, task: object): 'epochs' | 'fit' | 'none' {
  try {
    return method.resolve(clip, ['a', 'b'], task).training;
  } catch {
    return 'epochs';
  }
}

/** Why options of steps have no effect on one method, or on several. */
export const stepless = { one: 'takes no gradient steps', all: 'take no gradient steps' };

/** @throws UsageError if there are options without effect, such as `--epochs` */
export function checkIdle(
  idle: readonly string[],
  methods: readonly string[],
  why: { one: string; all: string },
): void {
  if (idle.length === 0) return;
  const [verb, them] = idle.length === 1 ? ['has', 'it'] : ['have', 'them'];
  throw new UsageError(
    `${listed(idle)} ${verb} no effect on ${listed(methods)}, which ${methods.length === 1 ? why.one : why.all}; leave ${them} out.`,
  );
}

/** Those of these options that are given, as they are written. */
export const givenAmong = (keys: readonly string[], options: Given): string[] =>
  keys
    .filter(key => options[key] !== undefined && options[key] !== false)
    .map(key => `--${key.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)}`);

const listed = (names: readonly string[]): string =>
  names.length === 1 ? names[0]! : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
