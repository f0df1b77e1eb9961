import type { Dataset } from '../dataset.js';

/** A published dataset: where its files are, how they are read, and published facts. */
export interface Benchmark {
  /** Name of its folder in the root, and in commands and tables. */
  id: string;
  /** Name in papers. */
  title: string;
  /** Other accepted names. */
  aliases: readonly string[];
  /** The subfolder that paths of the split file are relative to; `''` for the dataset's folder itself. */
  imageFolder: string;
  /** Name of the published split file, if there is one. */
  splitFile?: string;
  /** Hand-written prompts with `{}` for the class name (CoOp's zero-shot templates). */
  templates: readonly string[];
  classes: number;
  /** Published numbers of images. */
  images: { train: number; val: number; test: number };
  /** Whether it has only test images: a variant of ImageNet. */
  testOnly?: true;
  /** Whether its images are found by listing its folders, so that none can be missing. */
  fromFolders?: true;
  /** Size of the downloads, in GB (10⁹ bytes), rounded. */
  gigabytes: number;
  /** Terms of use. */
  licence: string;
  /** Its web page. */
  page: string;
  /** Makes the splits from the dataset's own files by the published rules, if there is no split file. */
  read(place: Place): Promise<SplitItems>;
}

/** Where a benchmark's files are. */
export interface Place {
  /** The folder with the datasets' folders. */
  root: string;
  /** Absolute path of a file or folder of the dataset. @throws a sentence with the place where it seems to be */
  find(inside?: string): Promise<string>;
  /** Lines of a text file in the dataset's folder, without empty ones. @throws as `find` */
  lines(inside: string): Promise<string[]>;
  /** Seed of random splits. */
  seed: number;
}

/** A dataset without the properties of its `Benchmark`. */
export type SplitItems = Pick<Dataset, 'classNames' | 'train' | 'val' | 'test' | 'valIsTest'>;
