/** One labelled image. */
export interface Item {
  /** Absolute path of the image file. */
  path: string;
  /** Index into the dataset's `classNames`. */
  label: number;
  /** The class's name, as in `classNames[label]`. */
  classname: string;
}

/** A classification dataset with its three splits; no pixels, only paths. */
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
  /** `val` is the test set (ImageNet), so few-shot sets do not sample it. */
  valIsTest?: true;
  /** Sentences about problems of the data, to show before training. */
  warnings?: string[];
}

/** The splits of a dataset, in the order of split files. */
export const splits = ['train', 'val', 'test'] as const;

/** CLIP's plain template, for datasets without others. */
export const defaultTemplates: readonly string[] = ['a photo of a {}.'];
