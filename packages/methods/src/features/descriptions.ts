import { type Clip, type EnsembleOptions, normalised } from '@dgprompt/clip';
import { nearestName } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';

/** Sentences about each class, as a language model writes them: at least one per class name. */
export type Descriptions = Readonly<Record<string, readonly string[]>>;

/** A name as descriptions may spell it. */
const spoken = (name: string) => name.replaceAll('_', ' ');

/**
 * The sentences about each class, in class order; spaces may replace the underscores of a name.
 *
 * @param holder named in errors: a method, or the file that the sentences are from
 * @throws one sentence naming the first class that has none
 *
 * @example
 * ```ts
 * import { sentencesOf } from '@dgprompt/methods/method';
 *
 * const descriptions = { moon: ['It shines at night.'], 'red sun': ['It sets.'] };
 * console.log(sentencesOf('file.json', descriptions, ['red_sun'])); // [ [ 'It sets.' ] ]
 * ```
 */
export function sentencesOf(
  holder: string,
  descriptions: Descriptions,
  classNames: readonly string[],
): readonly (readonly string[])[] {
  const own = new Map(Object.entries(descriptions).map(([name, sentences]) => [spoken(name), sentences]));
  return classNames.map(name => {
    const found = Object.hasOwn(descriptions, name) ? descriptions[name] : own.get(spoken(name));
    if (found) return found;
    const near = nearestName(name, Object.keys(descriptions));
    throw new Error(
      `${holder}: there are no sentences for the class "${name}"; add a list of them under its name${near === undefined ? '' : ` (there is "${near}")`}.`,
    );
  });
}

/**
 * Checks the form of descriptions.
 *
 * @throws one sentence naming the first class whose value is not a list of sentences
 *
 * @example
 * ```ts
 * import { checkDescriptions } from '@dgprompt/methods/method';
 *
 * try {
 *   checkDescriptions('file.json', { sun: [] });
 * } catch (error) {
 *   console.log((error as Error).message);
 *   // file.json: the sentences for "sun" are []; they must be a list of at least one.
 * }
 * ```
 */
export function checkDescriptions(holder: string, descriptions: unknown): asserts descriptions is Descriptions {
  if (typeof descriptions !== 'object' || descriptions === null || Array.isArray(descriptions))
    throw new Error(`${holder}: descriptions must be an object with a list of sentences for each class name.`);
  for (const [name, sentences] of Object.entries(descriptions) as [string, unknown][]) {
    if (!Array.isArray(sentences) || sentences.length === 0)
      throw new Error(
        `${holder}: the sentences for "${name}" are ${short(sentences)}; they must be a list of at least one.`,
      );
    const wrong = sentences.find(one => typeof one !== 'string' || one.trim() === '');
    if (wrong !== undefined)
      throw new Error(`${holder}: a sentence for "${name}" is ${short(wrong)}; it must be a text that is not empty.`);
  }
}

const short = (value: unknown) => {
  const text = JSON.stringify(value) ?? 'undefined';
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
};

/** The different texts of all classes, and for each class the places of its own among them. */
export function distinctTexts(ofClasses: readonly (readonly string[])[]): { unique: string[]; rows: number[][] } {
  const unique = [...new Set(ofClasses.flat())];
  const places = new Map(unique.map((text, row) => [text, row]));
  return { unique, rows: ofClasses.map(own => own.map(text => places.get(text)!)) };
}

/** For each class, the mean of its sentences' features, normalised again: [C, e]. */
export async function sentenceFeatures(
  clip: Clip,
  sentences: readonly (readonly string[])[],
  watched: Omit<EnsembleOptions, 'templates' | 'raw'> = {},
): Promise<tf.Tensor2D> {
  const { unique, rows } = distinctTexts(sentences);
  const all = await clip.ensemble(unique, { templates: ['{}'], ...watched });
  const features = tf.tidy(() => {
    const ofClass = (own: number[]) => tf.mean(tf.gather(all, tf.tensor1d(own, 'int32')), 0);
    return normalised(tf.stack(rows.map(ofClass)) as tf.Tensor2D);
  });
  all.dispose();
  return features;
}
