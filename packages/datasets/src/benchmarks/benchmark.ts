import type { Dataset } from '../dataset.js';

/** A published dataset: where its files lie, how they become a dataset, and what is known of it. */
export interface Benchmark {
  /** Name of its folder in the root, and in commands and tables. */
  id: string;
  /** As papers write it. */
  title: string;
  /** Other names that are understood. */
  aliases: readonly string[];
  /** The folder in its folder that paths of its split file are relative to; `''` for its folder itself. */
  imageFolder: string;
  /** Name of the published split file, where there is one. */
  splitFile?: string;
  /** Hand-written prompts, `{}` for the class name (CoOp's zero-shot templates). */
  templates: readonly string[];
  classes: number;
  /** Published numbers of images. */
  images: { train: number; val: number; test: number };
  /** It has test images alone: a variant of ImageNet. */
  testOnly?: true;
  /** Its images are found by listing its folders, not by a list that may name what is not there. */
  fromFolders?: true;
  /** Size of the downloads, in GB (10⁹ bytes), rounded. */
  gigabytes: number;
  /** What its authors say about use. */
  licence: string;
  /** Where it comes from. */
  page: string;
  /** Makes the splits from the dataset's own files, by the published rules, where there is no split file. */
  read(place: Place): Promise<SplitItems>;
}

/** Where a benchmark's files are. */
export interface Place {
  /** The folder that holds the datasets' folders. */
  root: string;
  /** Absolute path of something in the dataset's folder. @throws Error saying where it seems to be, if it is not there */
  find(inside?: string): Promise<string>;
  /** Lines of a text file in the dataset's folder, without empty ones. @throws as `find` */
  lines(inside: string): Promise<string[]>;
  /** Seed of random splits. */
  seed: number;
}

/** A dataset without what its registry entry says anyway. */
export type SplitItems = Pick<Dataset, 'classNames' | 'train' | 'val' | 'test' | 'valIsTest'>;
