import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Everything in a folder, recursively. Links are not followed, unlike with `recursive` in Node 20. */
export function* filesBelow(folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    yield path;
    if (entry.isDirectory()) yield* filesBelow(path);
  }
}
