import { type Dataset, type Item, splits } from '../dataset.js';
import { readdir } from '../runtime/folders.js';
import { basename, dirname, relative } from '../runtime/paths.js';
import { search } from './locate.js';

/**
 * The items whose files are missing, each once, in the order of the splits. Folders are listed; files are not opened.
 */
export async function missingFiles(dataset: Pick<Dataset, 'train' | 'val' | 'test'>): Promise<Item[]> {
  const items = [...new Map(splits.flatMap(split => dataset[split]).map(item => [item.path, item])).values()];
  const present = new Map<string, Set<string>>();
  for (const folder of new Set(items.map(({ path }) => dirname(path)))) {
    present.set(folder, new Set(await readdir(folder).catch(() => [])));
  }
  return items.filter(({ path }) => !present.get(dirname(path))!.has(basename(path)));
}

/** One sentence about missing images, with the place where they seem to be; undefined if none is missing. */
export async function missingSentence(dataset: Dataset, imageFolder: string): Promise<string | undefined> {
  const missing = await missingFiles(dataset);
  const first = missing[0]?.path;
  if (first === undefined) return undefined;
  const total = new Set(splits.flatMap(split => dataset[split].map(({ path }) => path))).size;
  const many =
    missing.length === 1
      ? `${first} does not exist`
      : `${missing.length} of ${total} images are missing, such as ${first}`;
  const found = await search(imageFolder, relative(imageFolder, first));
  const where = found ? `; one folder too deep: it seems to be at ${found}` : '; dgprompt data check lists them';
  return `${dataset.name}: ${many}${where}.`;
}
