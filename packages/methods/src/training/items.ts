import type { Item } from '@dgprompt/datasets';
import { joinPath, readText, sha256Hex, writeFileAtomic } from '@dgprompt/io';
import { contentsOf } from '../features/store.js';

/** A checkpoint's images, identified by content and label, so that they may have moved when it resumes. */
export interface KnownItems {
  hash: string;
  /** Of each image: its path, label and content. */
  images: (readonly [path: string, label: number, content: string])[];
}

/** Identifies labelled images, in order. */
export async function knownItems(items: readonly Item[], signal?: AbortSignal): Promise<KnownItems> {
  const contents = await contentsOf(
    items.map(({ path }) => path),
    signal,
  );
  const images = items.map(({ path, label }, i) => [path, label, contents[i]!] as const);
  return { hash: sha256Hex(JSON.stringify(images.map(([, label, content]) => [label, content]))), images };
}

/** The file in a checkpoint's folder with the images that it is trained on; without it, errors name no image. */
const imagesFile = 'images.json';

/** Saves the images of a checkpoint, so that a later process can name one that differs. */
export const writeItems = (folder: string, { images }: KnownItems): Promise<void> =>
  writeFileAtomic(joinPath(folder, imagesFile), `${JSON.stringify(images)}\n`);

/** Describes, for an error, the first image that differs from those that a checkpoint was trained on. */
export async function otherItem(folder: string, { images }: KnownItems): Promise<string> {
  const before = await readText(joinPath(folder, imagesFile))
    .then(text => JSON.parse(text) as KnownItems['images'])
    .catch(() => undefined);
  if (!Array.isArray(before)) return '';
  const at = images.findIndex(([, label, content], i) => before[i]?.[1] !== label || before[i]?.[2] !== content);
  if (at < 0) return ` (${before.length} then, ${images.length} now)`;
  const [path, label, content] = images[at]!;
  const then = before[at];
  if (then === undefined) return ` (${path} is new)`;
  if (then[2] !== content)
    return then[0] === path ? ` (${path} was replaced)` : ` (${path} takes the place of ${then[0]})`;
  return ` (${path} had label ${then[1]}, and now has ${label})`;
}
