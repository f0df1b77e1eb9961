import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything in a folder and the folders in it. Links are not followed, as `recursive` of Node 20 would. */
export function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    yield path;
    if (entry.isDirectory()) yield* filesBelow(path);
  }
}
