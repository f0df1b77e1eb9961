import type { Clip } from '@dgprompt/clip';
import type { Dataset } from '@dgprompt/datasets';
import { parseJson, readPlainFile, sha256Hex } from '@dgprompt/io';
import { type MethodFactory, methodNames, resolveMethod } from '@dgprompt/methods';
import { checkDescriptions, type Descriptions, sentencesOf } from '@dgprompt/methods/method';
import { canonicalJson, type Json } from '../records/config.js';

/** Sentences about classes, with their file. */
export interface DescriptionsFile {
  file: string;
  all: Descriptions;
}

/** A name with spaces instead of underscores, as sentences may spell it. */
const spoken = (name: string) => name.replaceAll('_', ' ');

/**
 * Reads a JSON file of sentences about classes, `{ "name": ["…"] }`.
 *
 * @throws one sentence that names the file, if it cannot be read or has a different format
 *
 * @example
 * ```ts
 * import { readDescriptions } from '@dgprompt/bench/data';
 *
 * console.log(await readDescriptions('absent.json').catch(error => error.message)); // absent.json cannot be read: …
 * ```
 */
export async function readDescriptions(file: string): Promise<DescriptionsFile> {
  const bytes = await readPlainFile(file);
  let all: unknown;
  try {
    all = parseJson(new TextDecoder().decode(bytes));
  } catch (cause) {
    throw new Error(`${file} cannot be used for descriptions: ${(cause as Error).message}.`, { cause });
  }
  checkDescriptions(file, all);
  return { file, all };
}

/**
 * The sentences about the classes of some datasets.
 *
 * @throws one sentence that names the file, for a class without sentences, or a sentence too long for the CLIP
 *
 * @example
 * ```ts
 * import { descriptionsFor } from '@dgprompt/bench/data';
 * import { loadClip } from '@dgprompt/clip';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const all = { sun: ['It shines.'], moon: ['It shines at night.'] };
 * const clip = await loadClip(miniClip);
 * const sky = [{ classNames: ['sun'] }];
 * console.log(descriptionsFor({ file: 'sky.json', all }, clip, sky)); // { sun: [ 'It shines.' ] }
 * ```
 */
export function descriptionsFor(
  { file, all }: DescriptionsFile,
  { tokenizer, config }: Pick<Clip, 'tokenizer' | 'config'>,
  datasets: readonly Pick<Dataset, 'classNames'>[],
): Descriptions {
  const names = [...new Set(datasets.flatMap(({ classNames }) => classNames))];
  const sentences = sentencesOf(file, all, names);
  const most = config.text.contextLength;
  for (const [i, own] of sentences.entries())
    for (const sentence of own) {
      const length = tokenizer.encode(sentence).length + (tokenizer.start === undefined ? 1 : 2);
      if (length > most)
        throw new Error(
          `${file}: a sentence for "${names[i]}" has ${length} tokens, and this CLIP reads ${most}: shorten "${sentence.slice(0, 60)}…".`,
        );
    }
  return Object.fromEntries(names.map((name, i) => [name, sentences[i]!]));
}

/**
 * @throws one sentence that names the file, if it has sentences about a class that none of the datasets has
 *
 * @example
 * ```ts
 * import { checkAllKnown } from '@dgprompt/bench/data';
 *
 * try {
 *   checkAllKnown({ file: 'sky.json', all: { sun: ['It shines.'], soon: ['?'] } }, [{ classNames: ['sun'] }]);
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // sky.json has sentences for "soon", which is no class of these tasks; leave it out, or correct the name.
 * }
 * ```
 */
export function checkAllKnown({ file, all }: DescriptionsFile, datasets: readonly Pick<Dataset, 'classNames'>[]): void {
  const known = new Set(datasets.flatMap(({ classNames }) => classNames.map(spoken)));
  const unknown = Object.keys(all).filter(name => !known.has(spoken(name)));
  if (unknown.length === 0) return;
  const [first, ...others] = unknown;
  const more = others.length > 0 ? ` and ${others.length} more` : '';
  throw new Error(
    `${file} has sentences for "${first}"${more}, which is no class of these tasks; leave it out, or correct the name.`,
  );
}

/**
 * @throws one sentence that names the file, if none of the methods takes sentences
 *
 * @example
 * ```ts
 * import { checkTakesDescriptions } from '@dgprompt/bench/data';
 * import { coop } from '@dgprompt/methods';
 *
 * try {
 *   checkTakesDescriptions([coop], { file: 'sky.json', all: {} });
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // --descriptions sky.json has no effect on coop; leave it out, or add a method that takes sentences (…).
 * }
 * ```
 */
export function checkTakesDescriptions(methods: readonly MethodFactory[], { file }: DescriptionsFile): void {
  if (methods.some(({ definition }) => definition.described)) return;
  const taking = methodNames.filter(id => resolveMethod(id).definition.described).join(', ');
  throw new Error(
    `--descriptions ${file} has no effect on ${methods.map(({ id }) => id).join(', ')}; leave it out, or add a method that takes sentences (${taking}).`,
  );
}

/** Identifies sentences by their content, for the config of a run. */
export const descriptionsHash = (descriptions: Descriptions): string =>
  sha256Hex(canonicalJson(descriptions as unknown as Json));
