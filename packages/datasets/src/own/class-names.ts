import { nearestName, readText } from '@dgprompt/io';
import { cannotRead, isFile } from '../files/listing.js';
import { join } from '../runtime/paths.js';

/** A number or a WordNet id in front of a name: `001.Black_footed_Albatross`, `n02085620-Chihuahua`. */
const idInFront = /^(?:\d+\.|n\d{8}[\s_.-]+)(?=.*\p{L})/u;

/** A hyphen after a single letter belongs to the word: `t-shirt`, `X-ray`. */
const betweenWords = /(?:[\s_]|(?<!(?<!\p{L})\p{L})-|-(?!\p{L}))+/u;

/**
 * Makes a class name for prompts from a folder's name: `golden_retriever`, `golden-retriever` and `GoldenRetriever`
 * become `golden retriever`; `001.Black_footed_Albatross` becomes `Black footed Albatross`, `n02085620-Chihuahua`
 * `Chihuahua`. Words split from camelCase become lower case, but not abbreviations (`TVMonitor`: `TV monitor`); other
 * words are unchanged (`TVs`, `IPv6`, `t-shirt`).
 *
 * @example
 * ```ts
 * import { cleanClassName } from '@dgprompt/datasets';
 *
 * console.log(cleanClassName('GoldenRetriever')); // golden retriever
 * ```
 */
export function cleanClassName(folder: string): string {
  const words = folder
    .replace(idInFront, '')
    .split(betweenWords)
    .filter(word => word !== '');
  const cleaned = words.flatMap(word => {
    const parts = word
      .replace(/(\p{Ll}{2})(?=\p{Lu})/gu, '$1 ')
      .replace(/(\p{Lu})(?=\p{Lu}\p{Ll}{2})/gu, '$1 ')
      .split(' ');
    return parts.length === 1 ? parts : parts.map(part => (/^\p{Lu}\p{Ll}/u.test(part) ? part.toLowerCase() : part));
  });
  return cleaned.join(' ') || folder;
}

/**
 * Names of classes from their folders: cleaned, or those of `classnames.json` (`{"folder": "class name"}`) in `path`.
 *
 * @returns a name for each of `folders`, in their order
 * @throws a sentence naming the file with an entry for an unknown folder, or two folders with the same name
 */
export async function classNamesOf(path: string, folders: readonly string[]): Promise<string[]> {
  const given = await readGiven(join(path, 'classnames.json'), folders);
  const names = folders.map(folder => given.get(folder) ?? cleanClassName(folder));
  const seen = new Map<string, string>();
  for (const [i, name] of names.entries()) {
    const before = seen.get(name);
    if (before !== undefined) {
      throw new Error(
        `${path}: the folders ${before} and ${folders[i]} would both be class "${name}"; give them different names in classnames.json.`,
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
    given = JSON.parse(await readText(file));
  } catch (cause) {
    throw new Error(cause instanceof SyntaxError ? `${file} is not valid JSON.` : cannotRead(file, cause), { cause });
  }
  const entries = Object.entries(given ?? {});
  const isMap = typeof given === 'object' && given !== null && !Array.isArray(given);
  if (!isMap || entries.some(([, name]) => typeof name !== 'string' || name.trim() === '')) {
    throw new Error(`${file} must be {"folder": "class name", …}.`);
  }
  const stranger = entries.find(([folder]) => !folders.includes(folder));
  if (stranger) {
    const nearest = nearestName(stranger[0], folders);
    throw new Error(
      `${file} names "${stranger[0]}", which is not a class${nearest ? `; did you mean "${nearest}"?` : '.'}`,
    );
  }
  return new Map(entries as [string, string][]);
}
