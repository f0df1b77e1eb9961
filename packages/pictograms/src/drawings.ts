import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { pictureSource } from './icons.js';
import type { PicturePath } from './picture-path.js';
import { rasterize } from './raster.js';
import { sheetRasters } from './sheet.js';
import type { StyleName } from './styles.js';
import { rasterSize } from './views.js';

/** A picture's straight RGBA bytes, rasterSize × rasterSize × 4. */
export type Draw = (picture: Pick<PicturePath, 'style' | 'icon'>) => Promise<Uint8Array>;

/** The sheet of a task's pictures; undefined in a checkout without it, since it is made before packing. */
export function sheetFile(task: string): string | undefined {
  const file = fileURLToPath(new URL(`../sheets/${task}.png`, import.meta.url));
  return existsSync(file) ? file : undefined;
}

/**
 * Pictures from a task's sheet, which is read when the first picture is needed.
 *
 * @param file PNG, rasterSize wide: the pictures stacked vertically
 * @param paths of the task's views, in the order of its split file
 */
export function fromSheet(file: string, paths: readonly string[]): Draw {
  let pictures: Promise<Map<string, Uint8Array>> | undefined;
  return async ({ style, icon }) => {
    pictures ??= readSheet(file, paths);
    const raster = (await pictures).get(`${style}/${icon}`);
    if (!raster) throw new Error(`${file} has no picture of ${style}/${icon}: install @dgprompt/pictograms again.`);
    return raster;
  };
}

/**
 * Pictures drawn from the icon packages.
 *
 * @param wanted by style, the names of all pictures that this process may need
 */
export const fromPackages =
  (wanted: ReadonlyMap<StyleName, ReadonlySet<string>>): Draw =>
  async ({ style, icon }) =>
    rasterize(await pictureSource(style, icon, wanted.get(style) ?? new Set([icon])));

/** Encodes a sheet as a PNG file. */
export async function encodeSheet(rasters: readonly Uint8Array[]): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const raw = { width: rasterSize, height: rasterSize * rasters.length, channels: 4 as const };
  return sharp(Buffer.concat(rasters), { raw }).png({ compressionLevel: 9, adaptiveFiltering: true }).toBuffer();
}

async function readSheet(file: string, paths: readonly string[]): Promise<Map<string, Uint8Array>> {
  const { default: sharp } = await import('sharp');
  return sheetRasters(paths, await sharp(file).raw().toBuffer());
}
