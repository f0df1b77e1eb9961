import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Dataset, Item } from '@dgprompt/datasets';
import { isArchiveName, unpackedFolder } from '@dgprompt/datasets/files';
import { readSplit } from '@dgprompt/datasets/splits';
import { nearestName } from '@dgprompt/io';
import type { Method } from '@dgprompt/methods';
import { classifierFiles } from '@dgprompt/methods/classifier';
import { savedRun } from '@dgprompt/methods/method';
import { place } from './check-apart.js';
import { ownImages } from './own-images.js';

type Split = 'train' | 'val' | 'test' | 'all';

/** Labelled images for testing a classifier, with a description. */
export interface EvaluationItems {
  items: Item[];
  /** Describes a number of them: `98 test images`. */
  what(count: number): string;
}

/**
 * The images of a folder with the classifier's labels: the held-out images of the folder it was trained on; the test
 * images of a folder with splits; else all images.
 *
 * @throws a sentence if the classifier lacks one of the classes, or if there are no images
 */
export async function evaluationItems(
  classifier: string,
  path: string,
  { classNames, task }: Method,
  split: Split | undefined,
): Promise<EvaluationItems> {
  const { trained } = await savedRun(classifier);
  const known = join(classifier, classifierFiles.split);
  const isTrainedOn =
    trained !== undefined && (await place(trained.source)) === (await place(path)) && existsSync(known);
  if (isTrainedOn && isArchiveName(path)) await unpackedFolder(resolve(path)); // the cache may have been emptied
  const dataset = isTrainedOn
    ? await readSplit(known, trained.folder)
    : await ownImages(path, { template: task.templates[0]!, testOnly: true });
  const hasSplits = dataset.train.length > 0;
  const chosen = split ?? (dataset.test.length > 0 || !isTrainedOn ? 'test' : 'val');
  const items = chosen === 'all' ? [...dataset.train, ...dataset.val, ...dataset.test] : dataset[chosen];
  if (items.length === 0)
    throw new Error(`${path} has no ${chosen} images for this classifier; choose others with --split.`);
  const which = chosen === 'all' || !hasSplits ? '' : chosen === 'val' ? 'validation ' : `${chosen} `;
  const what = (count: number) => `${count} ${which}image${count === 1 ? '' : 's'}`;
  return { items: relabelled(items, dataset, classNames, path), what };
}

function relabelled(items: Item[], dataset: Dataset, classNames: readonly string[], path: string): Item[] {
  const mapped = dataset.classNames.map(name => labelOf(name, classNames));
  return items.map(item => {
    const label = mapped[item.label];
    if (label === undefined) {
      const nearest = nearestName(item.classname, classNames);
      throw new Error(
        `${path} has the class "${item.classname}", which this classifier does not have${nearest ? `; it has "${nearest}"` : ''}. Rename it, or add it with --classes +name.`,
      );
    }
    return { ...item, label, classname: classNames[label]! };
  });
}

/** The label of a class, by its name as it is, or else as it is read if that is one class's. */
export function labelOf(name: string, classNames: readonly string[]): number | undefined {
  if (classNames.includes(name)) return classNames.indexOf(name);
  const alike = [...classNames.keys()].filter(label => written(classNames[label]!) === written(name));
  return alike.length === 1 ? alike[0] : undefined;
}

const written = (name: string): string => name.replaceAll(/[_-]/g, ' ').trim().toLowerCase();
