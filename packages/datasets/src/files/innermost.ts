import { join } from '../runtime/paths.js';
import { folderNames, imageNames } from './listing.js';

/** The innermost folder, after skipping folders that only hold another one. */
export async function innermost(folder: string): Promise<string> {
  const [only, ...more] = await folderNames(folder);
  if (only === undefined || more.length > 0 || (await imageNames(folder)).length > 0) return folder;
  const inner = join(folder, only);
  return (await folderNames(inner)).length > 0 ? innermost(inner) : folder;
}
