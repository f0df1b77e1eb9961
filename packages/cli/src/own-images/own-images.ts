import { type Dataset, fewShot, folder } from '@dgprompt/datasets';

/** Images of the user's own, with sentences about what looks wrong in them. */
export interface OwnImages {
  dataset: Dataset;
  warnings: string[];
}

export interface OwnImagesOptions {
  seed: number;
  template: string;
  /** Training images a class; all where not given. */
  shots?: number;
  /** All images are to judge on, unless the folder brings its own split. */
  testOnly?: boolean;
}

/** Shares of each class to train on and to choose the epoch by, where the folder brings no split of its own; the rest is to test. */
const fractions = { train: 0.6, val: 0.2 };

/** The one place where commands read a folder of the user's own. */
export async function ownImages(
  path: string,
  { seed, template, shots, testOnly }: OwnImagesOptions,
): Promise<OwnImages> {
  const all = await folder(path, { seed, fractions, templates: [template], testOnly });
  const dataset = shots === undefined ? all : { ...all, train: fewShot(all, shots, seed).train };
  return { dataset, warnings: all.warnings ?? [] };
}
