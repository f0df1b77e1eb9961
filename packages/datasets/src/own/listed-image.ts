/** An entry of a list of images. */
export interface ListedImage {
  /** Absolute. */
  path: string;
  /** The class, as in the list. */
  folder: string;
  split?: 'train' | 'val' | 'test';
}
