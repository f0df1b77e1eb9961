import { parsePicturePath } from './picture-path.js';
import type { StyleName } from './styles.js';
import { rasterSize } from './views.js';

/** The pictures of a list of views, each once, in order of their first view. */
export function sheetPictures(paths: readonly string[]): { style: StyleName; icon: string }[] {
  const pictures = new Map<string, { style: StyleName; icon: string }>();
  for (const path of paths) {
    const { style, icon } = parsePicturePath(path);
    pictures.set(`${style}/${icon}`, { style, icon });
  }
  return [...pictures.values()];
}

/**
 * A decoded sheet's pictures, by `style/icon`.
 *
 * @param raster straight RGBA bytes [pictures · rasterSize, rasterSize, 4]
 * @throws one sentence if it is not the sheet of these views
 */
export function sheetRasters(paths: readonly string[], raster: Uint8Array): Map<string, Uint8Array> {
  const pictures = sheetPictures(paths);
  const bytes = rasterSize * rasterSize * 4;
  if (raster.length !== pictures.length * bytes)
    throw new Error(`The sheet has ${raster.length / bytes} pictures, and the split file ${pictures.length}.`);
  return new Map(
    pictures.map(({ style, icon }, i) => [`${style}/${icon}`, raster.subarray(i * bytes, (i + 1) * bytes)]),
  );
}
