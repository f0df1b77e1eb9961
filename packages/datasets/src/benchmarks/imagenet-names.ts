import { join } from 'node:path';
import { isFile } from '../files/listing.js';
import type { Place } from './benchmark.js';
import { readLines } from './lists/text-lines.js';

/**
 * CoOp's `classnames.txt` with lines such as `n01440764 tench`, in the variant's folder or in that of ImageNet.
 *
 * @returns the folders in the order of the labels, and the name of a folder
 * @throws a sentence naming the file if it does not exist or a line has no name
 */
export async function readNames({ find, root }: Place): Promise<{
  folders: string[];
  nameOf(folder: string): string;
}> {
  const beside = join(root, 'imagenet', 'classnames.txt');
  const own = await find('classnames.txt').catch((error: Error) => error);
  const file = typeof own === 'string' ? own : beside;
  if (typeof own !== 'string' && !(await isFile(beside))) {
    throw new Error(`${own.message} CoOp publishes it with ImageNet's 1000 names; ${beside} also works.`);
  }
  const names = new Map<string, string>();
  for (const line of await readLines(file)) {
    const [folder = '', ...words] = line.split(' ');
    if (words.length === 0) throw new Error(`${file}: "${line}" must be a folder and a name, as in "n01440764 tench".`);
    names.set(folder, words.join(' '));
  }
  return {
    folders: [...names.keys()],
    nameOf(folder) {
      const name = names.get(folder);
      if (name === undefined) throw new Error(`${file} has no name for the folder ${folder}.`);
      return name;
    },
  };
}
