import type { Dataset } from '@dgprompt/datasets';
import { unknownName } from '@dgprompt/io';
import { checkDescriptions } from '../features/descriptions.js';
import { isDataset } from '../learner/items.js';
import type { Classes, ProtocolName, TaskInfo } from '../learner/types.js';

/** Facts of a task given explicitly; they take precedence over a dataset's. */
export type GivenTask = Partial<TaskInfo> & { seed?: number };

/** The task that a method is made for, with what had to be assumed. */
export interface Task {
  task: TaskInfo;
  seed: number;
  classNames: readonly string[];
  dataset?: Dataset;
  assumed?: string;
}

export const taskKeys = ['protocol', 'shots', 'images', 'dataset', 'templates', 'descriptions'] as const;

const protocols: readonly ProtocolName[] = ['base-to-new', 'few-shot', 'cross-dataset', 'domain-generalization'];
/** The largest number of shots in the papers' tables. */
const usualShots = 16;

/**
 * The task that a dataset describes: its name and templates, the shots and seed that `fewShot` drew, and the
 * base-to-new protocol for half of its classes. Anything that neither the dataset nor `given` specifies is assumed:
 * few-shot with 16 shots.
 *
 * @throws one sentence for an unknown protocol, shots that are not a whole number above 0, or missing templates
 */
export function taskOf(name: string, classes: Classes, given: GivenTask): Task {
  const dataset = isDataset(classes) ? classes : undefined;
  const classNames = dataset?.classNames ?? (classes as readonly string[]);
  const protocol = given.protocol ?? (dataset?.subset ? 'base-to-new' : 'few-shot');
  const shots = given.shots ?? dataset?.drawn?.shots ?? usualShots;
  const task: TaskInfo = {
    protocol,
    shots,
    images: given.images ?? dataset?.train.length ?? shots * classNames.length,
    dataset: given.dataset ?? dataset?.name ?? '',
    templates: given.templates ?? dataset?.templates ?? ['a photo of a {}.'],
    ...(given.descriptions && { descriptions: given.descriptions }),
  };
  checkTask(name, task);
  const seed = given.seed ?? dataset?.drawn?.seed ?? 1;
  checkSeed(name, seed);
  return { task, seed, classNames, dataset, assumed: assumption(name, task, given, dataset) };
}

/** One sentence about what a recipe had to assume, undefined if protocol and shots are known. */
function assumption(name: string, task: TaskInfo, given: GivenTask, dataset: Dataset | undefined): string | undefined {
  const isProtocolKnown = dataset !== undefined || given.protocol !== undefined;
  const isShotsKnown = dataset?.drawn !== undefined || given.shots !== undefined;
  if (isShotsKnown && isProtocolKnown) return undefined;
  const why = dataset ? `${dataset.name} was not drawn by fewShot` : 'it was made from class names alone';
  return (
    `${name} takes its recipe for ${task.protocol} with ${task.shots} shots, because ${why}; ` +
    `${dataset ? 'give shots' : 'make it from a dataset, or give protocol and shots,'} to choose another.`
  );
}

/** Beyond this, the seeds of a training's epochs would not be exact: each is a multiple of the seed, and more. */
const largestSeed = 2 ** 36;

/** @throws one sentence for a seed from which no training can draw */
export function checkSeed(name: string, seed: number): void {
  if (Number.isInteger(seed) && Math.abs(seed) <= largestSeed) return;
  throw new Error(`${name}: seed is ${seed}; it must be a whole number from -2^36 to 2^36.`);
}

function checkTask(name: string, { protocol, shots, templates, descriptions }: TaskInfo): void {
  if (!protocols.includes(protocol)) throw new Error(unknownName('protocol', protocol, protocols));
  if (!Number.isInteger(shots) || shots < 1)
    throw new Error(`${name}: shots is ${shots}; it must be a whole number of at least 1.`);
  if (templates.length === 0)
    throw new Error(`${name}: templates is empty; give at least one, such as "a photo of a {}.".`);
  if (descriptions) checkDescriptions(name, descriptions);
}
