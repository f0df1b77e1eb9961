import { access } from 'node:fs/promises';
import { parseJson, readText } from '@dgprompt/io';
import { z } from 'zod';
import { computedIn } from '../records/config.js';
import { mismatch, named } from '../records/schema.js';
import { searchable } from './grid.js';
import type { SearchedMethod, SearchResult } from './result.js';

/**
 * The chosen settings of a search, by method.
 * @throws one sentence if `dgprompt search` did not write the file
 *
 * @example
 * ```ts
 * import { readSettings } from '@dgprompt/bench/search';
 *
 * const settings = await readSettings('docs/results/search.json'); // of this repository
 * console.log(settings.get('coop')); // lr=0.002
 * ```
 */
export async function readSettings(path: string): Promise<Map<string, string>> {
  const { methods } = await readSearch(path);
  return new Map(Object.entries(methods).map(([id, { chosen }]) => [id, chosen]));
}

/**
 * Adds the results of other methods from an earlier search with the same tasks, shots, seed, weights, precision and
 * Pillow version. Leaves out those that read other sentences, and variants of the same method by other code.
 *
 * @param path the earlier search's file; it may be missing
 * @throws one sentence if the file exists and `dgprompt search` did not write it
 *
 * @example
 * ```ts
 * import { withEarlier } from '@dgprompt/bench/search';
 *
 * const about = { suite: 'pictograms', tasks: ['weather'], shots: 16, seed: 1, model: '' };
 * const all = await withEarlier('absent.json', { format: 1, ...about, methods: {} });
 * console.log(all.methods); // {}
 * ```
 */
export async function withEarlier(path: string, result: SearchResult): Promise<SearchResult> {
  const there = await access(path).then(
    () => true,
    () => false,
  );
  if (!there) return result;
  const earlier = await readSearch(path);
  const way = ({ suite, tasks, shots, seed, model, ...given }: SearchResult) =>
    JSON.stringify([suite, tasks, shots, seed, model, computedIn(given)]);
  if (way(earlier) !== way(result)) return result;
  const alike = Object.entries(earlier.methods).filter(one =>
    Object.entries(result.methods).every(other => isAlike(one, other)),
  );
  const methods = { ...Object.fromEntries(alike), ...result.methods };
  const ids = [...new Set([...searchable, ...Object.keys(methods)])].filter(id => Object.hasOwn(methods, id));
  return { ...result, methods: Object.fromEntries(ids.map(id => [id, methods[id]!])) };
}

/**
 * Whether two methods read the same sentences, if both read any, and have the same code, if they are variants of one.
 */
function isAlike([id, one]: [string, SearchedMethod], [otherId, other]: [string, SearchedMethod]): boolean {
  const sameSentences =
    one.descriptions === undefined || other.descriptions === undefined || one.descriptions === other.descriptions;
  const nameOf = (whole: string) => whole.split(':')[0];
  return sameSentences && (nameOf(id) !== nameOf(otherId) || one.code === other.code);
}

async function readSearch(path: string): Promise<SearchResult> {
  const text = await readText(path).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === undefined) throw cause;
    throw new Error(`${path} cannot be read (${cause.code}); \`dgprompt search\` writes such a file.`, { cause });
  });
  let result: unknown;
  try {
    result = parseJson(text);
  } catch {} // reported below
  const wrong = mismatch(searchSchema, result);
  if (wrong !== undefined)
    throw new Error(`${path} holds no settings (${wrong}); give the .json file that \`dgprompt search\` wrote.`);
  return result as SearchResult;
}

const triedSchema = z.looseObject({
  options: z.string(),
  base: z.number(),
  new: z.number().optional(),
  H: z.number().optional(),
});

const searchedSchema = z.looseObject({
  chosen: z.string(),
  tried: z.array(triedSchema),
  descriptions: z.string().optional(),
  code: z.string().optional(),
});

const searchSchema = z.looseObject({
  format: z.literal(1),
  suite: z.string(),
  tasks: z.array(z.string()),
  shots: z.int().min(0),
  seed: z.int(),
  model: z.string(),
  precision: z.enum(['fp16', 'int8']).optional(),
  pillow: z.literal(13).optional(),
  methods: named(searchedSchema).refine(methods => Object.keys(methods).length > 0, 'it has none'),
});
