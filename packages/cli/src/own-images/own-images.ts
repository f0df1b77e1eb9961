import { type Dataset, fewShot, folder } from '@dgprompt/datasets';

/** The user's images, with sentences about possible problems. */
export interface OwnImages {
  dataset: Dataset;
  warnings: string[];
}

export interface OwnImagesOptions {
  seed: number;
  template: string;
  /** Training images per class. Default: all. */
  shots?: number;
  /** All images are for testing, unless the folder has its own split. */
  testOnly?: boolean;
}

/** Shares of each class to train on and to choose the epoch by, if the folder has no split; the rest is for testing. */
const fractions = { train: 0.6, val: 0.2 };

/** Reads a folder of the user's images. */
export async function ownImages(
  path: string,
  { seed, template, shots, testOnly }: OwnImagesOptions,
): Promise<OwnImages> {
  const all = await folder(path, { seed, fractions, templates: [template], testOnly });
  const dataset = shots === undefined ? all : { ...all, train: fewShot(all, shots, seed).train };
  return { dataset, warnings: all.warnings ?? [] };
}
