import type { Clip } from '@dgprompt/clip';
import { parseJson, readReason, readText } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs';
import { promptSrcTemplates } from './promptsrc-templates.js';

/**
 * Sentences about each class: those of a JSON file, class name → list of sentences; without a file, the stand-in,
 * PromptSRC's 60 hand-written templates with the name.
 *
 * @param method named in errors
 * @param file path of the JSON file, or '' for the stand-in; its names may have spaces for underscores
 * @returns at least one sentence for each class
 * @throws one sentence that names the file and a class without sentences
 */
export async function classSentences(method: string, names: readonly string[], file: string): Promise<string[][]> {
  if (file === '') return names.map(name => promptSrcTemplates.map(template => template.replace('{}', name)));
  const all = await readDescriptions(method, file);
  return names.map(name => {
    const found = all.get(name) ?? all.get(name.replaceAll('_', ' '));
    const isList =
      Array.isArray(found) && found.length > 0 && found.every(one => typeof one === 'string' && one.trim());
    if (isList) return found as string[];
    throw new Error(
      `${method}: ${file} has no sentences for "${name}"; add a list of them under its name, or leave descriptions out.`,
    );
  });
}

async function readDescriptions(method: string, file: string): Promise<Map<string, unknown>> {
  const text = await readText(file).catch(cause => {
    throw new Error(`${method}: descriptions cannot be read from ${file}: ${readReason(cause)}.`, { cause });
  });
  let parsed: unknown;
  try {
    parsed = parseJson(text);
  } catch (cause) {
    throw new Error(`${method}: ${file} cannot be used for descriptions: ${(cause as Error).message}.`, { cause });
  }
  if (typeof parsed !== 'object' || parsed === null || Array.isArray(parsed))
    throw new Error(`${method}: ${file} must be a JSON object with a list of sentences for each class name.`);
  return new Map(Object.entries(parsed));
}

/** For each class, the mean of its sentences' features, L2-normalised each: [C, e], itself not normalised. */
export async function sentenceMeans(clip: Clip, sentences: string[][], signal?: AbortSignal): Promise<tf.Tensor2D> {
  const all = await clip.ensemble([...new Set(sentences.flat())], { templates: ['{}'], signal });
  const rows = new Map([...new Set(sentences.flat())].map((sentence, row) => [sentence, row]));
  const means = tf.tidy(() => {
    const ofClass = (own: string[]) =>
      tf.mean(
        tf.gather(
          all,
          own.map(sentence => rows.get(sentence)!),
        ),
        0,
      );
    return tf.stack(sentences.map(ofClass)) as tf.Tensor2D;
  });
  all.dispose();
  return means;
}
