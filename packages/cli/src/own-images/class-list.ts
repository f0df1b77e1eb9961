import { stat } from 'node:fs/promises';
import { readSplit } from '@dgprompt/datasets/splits';
import { readText } from '@dgprompt/io';
import { names } from '../options/option.js';

/**
 * Class names in label order.
 * @param given comma-separated names; or a file: one name per line, a JSON list of names, or a split in CoOp's format
 * @param subset the first half (rounded up), the second half, or all
 * @throws a sentence if the file has none of these formats
 */
export async function classList(given: string, subset: 'all' | 'base' | 'new' = 'all'): Promise<string[]> {
  const all = (await isFile(given)) ? await listIn(given) : names.parse(given);
  const middle = Math.ceil(all.length / 2);
  return subset === 'all' ? all : subset === 'base' ? all.slice(0, middle) : all.slice(middle);
}

const isFile = (path: string) =>
  stat(path).then(
    found => found.isFile(),
    () => false,
  );

async function listIn(path: string): Promise<string[]> {
  const text = await readText(path);
  if (!/^\s*[[{]/.test(text)) {
    const lines = text.split(/\r?\n/).map(line => line.trim());
    return lines.filter(line => line !== '');
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new Error(`${path} is not valid JSON: ${(cause as Error).message}.`, { cause });
  }
  if (!Array.isArray(json)) return (await readSplit(path, '/')).classNames;
  if (json.every(name => typeof name === 'string')) return json;
  throw new Error(`${path} must hold a list of class names.`);
}
