import { type Dataset, fewShot, folder } from '@dgprompt/datasets';

export interface OwnImagesOptions {
  template: string;
  /** Training images per class, drawn with a seed. Default: all. */
  shots?: number;
  seed?: number;
  /** Uses all images for testing, unless the folder has its own split. */
  testOnly?: boolean;
}

/** Reads a folder of the user's images, with the same split as `dgprompt bench`. */
export async function ownImages(
  path: string,
  { template, shots, seed = 1, testOnly }: OwnImagesOptions,
): Promise<Dataset> {
  const all = await folder(path, { templates: [template], testOnly });
  return shots === undefined ? all : fewShot(all, shots, seed);
}
