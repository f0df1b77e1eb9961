import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { nearestName } from '@dgprompt/io';
import { cannotRead, isFile } from '../files/listing.js';

/**
 * A class name as one would write it in a prompt, from a folder's name: `golden_retriever`, `golden-retriever` and `GoldenRetriever`
 * become `golden retriever`, `001.Black_footed_Albatross` becomes `Black footed Albatross`. Words that camelCase ran together become
 * lower case, abbreviations do not (`TVMonitor`: `TV monitor`); other words stay as they are.
 */
export function cleanClassName(folder: string): string {
  const words = folder
    .replace(/^\d+\.(?=.*\p{L})/u, '')
    .split(/[\s_-]+/)
    .filter(word => word !== '');
  const cleaned = words.flatMap(word => {
    const parts = word
      .replace(/(\p{Ll}{2})(?=\p{Lu})/gu, '$1 ')
      .replace(/(\p{Lu})(?=\p{Lu}\p{Ll})/gu, '$1 ')
      .split(' ');
    return parts.length === 1 ? parts : parts.map(part => (/^\p{Lu}\p{Ll}/u.test(part) ? part.toLowerCase() : part));
  });
  return cleaned.join(' ') || folder;
}

/**
 * Names of classes by their folders: cleaned, or as `classnames.json` (`{"folder": "class name"}`) in `path` says.
 *
 * @returns a name for each of `folders`, in their order
 * @throws Error naming the file for an entry that fits no folder, or the two folders that would get one name
 */
export async function classNamesOf(path: string, folders: readonly string[]): Promise<string[]> {
  const given = await readGiven(join(path, 'classnames.json'), folders);
  const names = folders.map(folder => given.get(folder) ?? cleanClassName(folder));
  const seen = new Map<string, string>();
  for (const [i, name] of names.entries()) {
    const before = seen.get(name);
    if (before !== undefined) {
      throw new Error(
        `${path}: the folders ${before} and ${folders[i]} would both be class "${name}"; name them apart in classnames.json.`,
      );
    }
    seen.set(name, folders[i]!);
  }
  return names;
}

async function readGiven(file: string, folders: readonly string[]): Promise<Map<string, string>> {
  if (!(await isFile(file))) return new Map();
  let given: unknown;
  try {
    given = JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    throw new Error(cause instanceof SyntaxError ? `${file} is not whole JSON.` : cannotRead(file, cause), { cause });
  }
  const entries = Object.entries(given ?? {});
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (!isMap || entries.some(([, name]) => typeof name !== 'string' || name.trim() === '')) {
    throw new Error(`${file} must hold {"folder": "class name", …}.`);
  }
  const stranger = entries.find(([folder]) => !folders.includes(folder));
  if (stranger) {
    const nearest = nearestName(stranger[0], folders);
    throw new Error(`${file} names "${stranger[0]}", which is no class${nearest ? `; "${nearest}" is` : ''}.`);
  }
  return new Map(entries as [string, string][]);
}
