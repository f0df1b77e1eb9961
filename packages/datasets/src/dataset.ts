import { unknownName } from '@dgprompt/io';

/** One labelled image. */
export interface Item {
  /** Absolute path of the image file. */
  path: string;
  /** Index into the dataset's `classNames`. */
  label: number;
  /** The class's name, as in `classNames[label]`. */
  classname: string;
}

/** A classification dataset with its three splits, and facts about it; no pixels, only paths. */
export interface Dataset {
  /** Short name for records and tables, such as `oxford_flowers`. */
  name: string;
  /** Name of every class; an item's label is an index into this list. */
  classNames: string[];
  /** Hand-written prompts with `{}` for the class name, at least one. */
  templates: string[];
  train: Item[];
  val: Item[];
  test: Item[];
  /** Whether `val` is the test set (ImageNet), so that few-shot sets do not sample it. */
  valIsTest?: true;
  /** Whether the images are a fixed set of views: training uses them whole, not in random crops and flips. */
  fixedViews: boolean;
  /**
   * Identifies the images, together with their paths, without reading them: a version of pictures that are rendered on
   * each machine. Default: the images' bytes identify them.
   */
  content?: string;
  /** What `fewShot` drew; undefined for all training images. */
  drawn?: { shots: number; seed: number };
  /** The half of the classes that `classSubset` kept; undefined for all classes. */
  subset?: 'base' | 'new';
  /** Sentences about problems of the data, to show before training. */
  warnings: string[];
}

const known: readonly string[] = [
  ...['name', 'classNames', 'templates', 'train', 'val', 'test', 'valIsTest'],
  ...['fixedViews', 'drawn', 'subset', 'content', 'warnings'],
];

/** The splits of a dataset, in the order of split files. */
export const splits = ['train', 'val', 'test'] as const;

/** CLIP's plain template, for datasets without others. */
export const defaultTemplates: readonly string[] = ['a photo of a {}.'];

/**
 * Makes a dataset from known facts; by default with CLIP's plain template, empty splits, no fixed views and no
 * warnings.
 *
 * @throws a sentence naming an unknown fact, or a template without `{}`, for a dataset without classes or templates, or
 *   naming the first item whose label or class name is not one of the classes
 *
 * @example
 * ```ts
 * import { createDataset } from '@dgprompt/datasets';
 *
 * const pets = createDataset({
 *   name: 'pets',
 *   classNames: ['cat', 'dog'],
 *   train: [{ path: '/pets/tom.jpg', label: 0, classname: 'cat' }],
 * });
 * console.log(pets.templates, pets.test, pets.fixedViews); // [ 'a photo of a {}.' ] [] false
 * ```
 */
export function createDataset(facts: Partial<Dataset> & Pick<Dataset, 'name' | 'classNames'>): Dataset {
  const dataset: Dataset = {
    templates: [...defaultTemplates],
    train: [],
    val: [],
    test: [],
    fixedViews: false,
    warnings: [],
    ...facts,
  };
  for (const key of Object.keys(facts))
    if (!known.includes(key)) throw new Error(`${dataset.name}: ${unknownName('fact of a dataset', key, known)}`);
  if (dataset.classNames.length === 0) throw new Error(`${dataset.name} has no classes.`);
  if (dataset.templates.length === 0) throw new Error(`${dataset.name} has no templates; give one, or leave them out.`);
  const wrong = dataset.templates.find(template => !template.includes('{}'));
  if (wrong !== undefined)
    throw new Error(`${dataset.name}: the template "${wrong}" has no {} for the class name, as in "a photo of a {}.".`);
  for (const split of splits)
    for (const { path, label, classname } of dataset[split]) {
      const expected = dataset.classNames[label];
      if (expected === undefined)
        throw new Error(
          `${dataset.name}: ${path} has label ${label}, but there are ${dataset.classNames.length} classes; labels start at 0.`,
        );
      if (classname !== expected)
        throw new Error(`${dataset.name}: ${path} is of class "${classname}", but label ${label} is "${expected}".`);
    }
  return dataset;
}
