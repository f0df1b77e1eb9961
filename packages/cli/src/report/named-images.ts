import { realpath, stat } from 'node:fs/promises';
import { dirname, join, resolve, sep } from 'node:path';
import { cacheFolder } from '@dgprompt/io';

/** Whether an image belongs to data that the user named; a path in a record is not sufficient. */
export type IsNamed = (path: string) => Promise<boolean>;

/** Raster formats only: a vector drawing may fetch or hide things. */
const picture = /\.(jpe?g|png|webp|gif|bmp|tiff?|avif)$/i;

/**
 * The images that a page may display: plain files in the folder of `--suite` (`folder:PATH`, a list, or a folder of
 * tasks), in `--root`, and the pictograms drawn on this machine. Links are resolved first.
 */
export async function imagesNamedBy({ suite, root }: { suite?: string; root?: string }): Promise<IsNamed> {
  const given = [join(cacheFolder(), 'pictograms'), ...(root === undefined ? [] : [root])];
  if (suite !== undefined && suite !== 'pictograms') given.push(await folderOf(suite.replace(/^folder:/, '')));
  const folders = (await Promise.all(given.map(realPlace))).filter(folder => folder !== undefined);
  return async path => {
    if (!picture.test(path)) return false;
    const real = await realPlace(resolve(path));
    if (real === undefined || !folders.some(folder => real.startsWith(folder.endsWith(sep) ? folder : folder + sep)))
      return false;
    return stat(real).then(
      found => found.isFile(),
      () => false,
    );
  };
}

/** The folder itself, or the folder that contains a list. */
const folderOf = (path: string): Promise<string> =>
  stat(path).then(
    found => (found.isDirectory() ? path : dirname(path)),
    () => path,
  );

const realPlace = (path: string): Promise<string | undefined> => realpath(path).catch(() => undefined);
