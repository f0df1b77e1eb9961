import { join } from 'node:path';
import type { Item } from '../../dataset.js';
import { folderNames, imageNames } from '../../files/listing.js';

/**
 * The items of a folder with one folder of images per class, class by class, sorted; labels count up from 0.
 *
 * @param path the folder
 * @param nameOf the class name of a class folder; undefined leaves the folder out
 * @throws a sentence naming a folder that cannot be read, has no class folders, or has a class without images
 */
export async function classFolders(
  path: string,
  nameOf: (folder: string) => string | undefined = folder => folder,
): Promise<{ classNames: string[]; classes: Item[][] }> {
  const kept = (await folderNames(path))
    .map(folder => ({ folder, classname: nameOf(folder) }))
    .filter((entry): entry is { folder: string; classname: string } => entry.classname !== undefined);
  if (kept.length === 0) throw new Error(`${path} has no folders of images, one per class.`);
  const classes = await Promise.all(
    kept.map(async ({ folder, classname }, label) => {
      const names = await imageNames(join(path, folder));
      if (names.length === 0) throw new Error(await noImages(join(path, folder)));
      return names.map(name => ({ path: join(path, folder, name), label, classname }));
    }),
  );
  return { classNames: kept.map(({ classname }) => classname), classes };
}

/** One sentence about a class folder without images, which is often a folder of folders. */
async function noImages(path: string): Promise<string> {
  const inside = await folderNames(path);
  return inside.length > 0
    ? `${path} has no images but ${inside.length} folder(s): it is one folder too deep; the classes seem to be in ${path}.`
    : `${path} has no images.`;
}
