import type { ListedImage } from './listed-image.js';

export type { ListedImage } from './listed-image.js';

/** Lists name files by their paths, which files given to a page do not have. */
export const isListName = (_path: string): boolean => false;

export async function readImageList(file: string): Promise<ListedImage[]> {
  throw new Error(`${file} is a list; choose the folder with the images instead.`);
}
