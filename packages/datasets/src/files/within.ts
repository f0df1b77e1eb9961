import { printable } from '@dgprompt/io';
import { isAbsolute, relative, resolve, sep } from '../runtime/paths.js';

/**
 * The absolute path of a file that a list, an index or a split names: it must be inside the folder. Nothing is opened.
 *
 * @param where the list and the entry, for the error
 * @throws a sentence naming the entry if the name leads out of the folder
 */
export function pathWithin(folder: string, name: string, where: string): string {
  const path = resolve(folder, name);
  const inside = relative(folder, path);
  if (name.includes('\0') || inside === '' || inside === '..' || inside.startsWith(`..${sep}`) || isAbsolute(inside))
    throw new Error(
      `${where}: "${printable(name)}" is not inside ${folder}; the files that a list names must be in that folder.`,
    );
  return path;
}
