import { parsePicturePath } from './picture-path.js';
import type { StyleName } from './styles.js';

/** The pictures behind a list of views, each once, in the order of their first view. */
export function sheetPictures(paths: readonly string[]): { style: StyleName; icon: string }[] {
  const pictures = new Map<string, { style: StyleName; icon: string }>();
  for (const path of paths) {
    const { style, icon } = parsePicturePath(path);
    pictures.set(`${style}/${icon}`, { style, icon });
  }
  return [...pictures.values()];
}
