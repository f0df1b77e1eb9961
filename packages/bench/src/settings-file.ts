import { readFile } from 'node:fs/promises';
import type { SearchResult } from './search.js';

/**
 * The settings that a search chose, by method.
 * @throws a sentence if the file is none that `dgprompt search` wrote
 */
export async function readSettings(path: string): Promise<Map<string, string>> {
  const text = await readFile(path, 'utf8').catch((cause: NodeJS.ErrnoException) => {
    throw new Error(`${path} cannot be read (${cause.code}); \`dgprompt search\` writes such a file.`, { cause });
  });
  let result: Partial<SearchResult> | undefined;
  try {
    result = JSON.parse(text) as Partial<SearchResult>;
  } catch {} // told below
  const methods = Object.entries(result?.methods ?? {});
  if (result?.format !== 1 || methods.length === 0 || methods.some(([, method]) => typeof method?.chosen !== 'string'))
    throw new Error(`${path} holds no settings; give the .json file that \`dgprompt search\` wrote.`);
  return new Map(methods.map(([id, { chosen }]) => [id, chosen]));
}
