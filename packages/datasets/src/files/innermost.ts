import { join } from '../runtime/paths.js';
import { folderNames, imageNames } from './listing.js';

/** The folder in which there is more than one other. */
export async function innermost(folder: string): Promise<string> {
  const [only, ...more] = await folderNames(folder);
  if (only === undefined || more.length > 0 || (await imageNames(folder)).length > 0) return folder;
  const inner = join(folder, only);
  return (await folderNames(inner)).length > 0 ? innermost(inner) : folder;
}
