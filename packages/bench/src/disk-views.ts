import { diskCache } from '@dgprompt/datasets';
import { centreCrop, decode, normalise, resizeShortSide } from '@dgprompt/images';
import { cachedViews, testViews, type Views } from '@dgprompt/methods';

/**
 * The published test views, kept in memory as far as there is room, and in a folder where one is given: decoded, resized pixels, from
 * which the same numbers come as from the images.
 */
export function keptViews(imageSize: number, folder?: string): Views {
  if (folder === undefined) return cachedViews(testViews(imageSize));
  const pixels = diskCache({
    folder,
    view: `test-${imageSize}`,
    load: async path => centreCrop(resizeShortSide(await decode(path), imageSize), imageSize).data,
  });
  const load = async (path: string) => normalise({ width: imageSize, height: imageSize, data: await pixels(path) });
  return cachedViews({ fixed: true, load });
}
