import type { Clip } from '@dgprompt/clip';
import { openTorch } from '@dgprompt/clip/checkpoint';
import { contextRows } from '@dgprompt/clip/text';
import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs-core';
import { firstNotFinite } from '../features/finite.js';
import type { Method } from '../learner/types.js';
import { checkClassNames } from '../method/class-names.js';
import { namedVariables } from '../method/variables.js';
import { isTransposed, type PublishedShapes, published } from './published.js';

/** Facts that a published checkpoint does not contain. */
export interface ImportOptions {
  /**
   * Initial words of the context, `a photo of a`: those beyond its tokens stay in the prompt. Default: the method's.
   */
  init?: string;
  /** Position of the class name (CoOp). Default: `end` */
  position?: 'end' | 'middle' | 'front';
}

/** Ids of the methods whose published checkpoints can be imported. */
export const importable: readonly string[] = Object.keys(published);

/** A file's tensors, by names without the prefixes of the training code. */
interface Source {
  path: string;
  shapes: PublishedShapes;
  read(name: string): Float32Array;
}

/**
 * Imports a trained method from a checkpoint of the published PyTorch code (`model.pth.tar-50` of CoOp, CoCoOp, VPT,
 * IVLP, MaPLe or PromptSRC), read as data and never executed. Tokens, depths and class-specific contexts follow from
 * its shapes.
 *
 * @param path the file
 * @param id the method: `maple`
 * @param clip the CLIP that it was trained on; checked against the frozen weights in the file, if there are any
 * @param classNames the classes that it was trained on, in the order of their labels
 * @throws one sentence if the file is unreadable, or belongs to another method, CLIP or class list
 *
 * @example
 * ```ts
 * import { loadClip } from '@dgprompt/clip';
 * import { importPublished } from '@dgprompt/methods/published';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const clip = await loadClip(miniClip);
 * const imported = importPublished('model.pth.tar-5', 'maplee', clip, ['sun', 'moon']);
 * console.log(await imported.catch(error => error.message)); // Checkpoints of "maplee" cannot be imported; …
 * ```
 */
export async function importPublished(
  path: string,
  id: string,
  clip: Clip,
  classNames: readonly string[],
  { init, position }: ImportOptions = {},
): Promise<Method> {
  const known = published[id];
  if (!known) throw new Error(`Checkpoints of "${id}" cannot be imported; those of ${importable.join(', ')} can.`);
  const names = checkClassNames(classNames);
  const file = await openTorch(path);
  try {
    const plain = new Map([...file.tensors.keys()].map(name => [withoutPlace(name), name]));
    const shapes = new Map([...plain].map(([name, stored]) => [name, file.tensors.get(stored)!.shape]));
    const source: Source = { path, shapes, read: name => file.read(plain.get(name)!) };
    checkMethod(source, id);
    checkClip(source, clip);
    const settings = {
      ...(init !== undefined && { ctx_init: init }),
      ...(position && { class_token_position: position }),
    };
    const method = known.method(clip, names, known.options(settings, shapes));
    try {
      checkClasses(source, method);
      fill(source, method, known.parameter);
    } catch (error) {
      method.dispose();
      throw error;
    }
    return method;
  } finally {
    file.close();
  }
}

/** `state_dict.module.prompt_learner.ctx` and `prompt_learner.ctx` are the same parameter. */
const withoutPlace = (name: string) => name.replace(/^state_dict\./, '').replace(/^module\./, '');

/** Checks that the file's learned parameters are those of this method and of no other. */
function checkMethod({ path, shapes }: Source, id: string): void {
  const others = Object.entries(published);
  let found = 0;
  for (const name of shapes.keys()) {
    if (published[id]!.parameter(name) !== undefined) found++;
    else {
      const [other] = others.find(([, { parameter }]) => parameter(name) !== undefined) ?? [];
      if (other)
        throw new Error(`${path} has "${name}", which ${id} does not learn: it looks like a checkpoint of ${other}.`);
    }
  }
  if (found === 0) throw new Error(`${path} has no learned prompts of ${id}, such as "prompt_learner.ctx".`);
}

function fill({ path, shapes, read }: Source, method: Method, parameter: (name: string) => string | undefined): void {
  const variables = namedVariables({ variables: method.learner.variables });
  const missing = new Set(variables.keys());
  for (const [name, shape] of shapes) {
    const own = parameter(name);
    if (own === undefined) continue;
    const variable = variables.get(own);
    if (!variable) throw new Error(`${path} has "${name}", which ${method.name} with ${shown(method)} does not learn.`);
    const values = read(name);
    const wrong = firstNotFinite(values);
    if (wrong) throw new Error(`${path}: "${name}" has the value ${wrong.value}; these prompts are not numbers.`);
    tf.tidy(() => {
      const stored = tf.tensor(values, [...shape]);
      const value = isTransposed(own) ? tf.transpose(stored) : stored;
      if (value.shape.join() !== variable.shape.join())
        throw new Error(
          `${path}: "${name}" is [${shape}], and ${method.name} on this CLIP learns [${variable.shape}]; was it trained on another CLIP, or on other classes?`,
        );
      variable.assign(value);
    });
    missing.delete(own);
  }
  if (missing.size > 0)
    throw new Error(`${path} lacks ${[...missing].join(', ')}, which ${method.name} with ${shown(method)} learns.`);
}

const shown = ({ options }: Method) =>
  Object.entries(options)
    .filter(([, value]) => typeof value !== 'object')
    .map(([key, value]) => `${key} ${JSON.stringify(value)}`)
    .join(', ');

/**
 * Compares the frozen weights in checkpoints of a whole model, and the start token's embedding, which every checkpoint
 * has.
 */
function checkClip({ path, shapes, read }: Source, { weights, source, tokenizer }: Clip): void {
  const refuse = (what: string) => {
    throw new Error(`${path} was trained on another CLIP than ${source || 'this one'}: its ${what} is another.`);
  };
  const ours: Record<string, tf.Tensor> = {
    'text_encoder.ln_final.weight': weights.text.lnFinal.weight,
    'text_encoder.positional_embedding': weights.text.positions,
    ...('classEmbedding' in weights.vision &&
      weights.vision.classEmbedding && { 'image_encoder.class_embedding': weights.vision.classEmbedding }),
  };
  for (const [name, tensor] of Object.entries(ours))
    if (shapes.has(name) && !near(read(name), tensor.dataSync<'float32'>())) refuse(`"${name}"`);
  const prefix = frozenPart(shapes, 'token_prefix'); // [C, 1, d_t]
  if (prefix === undefined || tokenizer.start === undefined) return;
  const start = read(prefix).subarray(0, shapes.get(prefix)!.at(-1)!);
  if (!near(start, tensorRows(weights.text.tokenEmbedding, [tokenizer.start]))) refuse('start token');
}

const frozenPart = (shapes: PublishedShapes, part: string) =>
  [part, `prompt_learner.${part}`].find(name => shapes.has(name));

/**
 * Compares the frozen embeddings after the context (class name, full stop and end token): a class-specific context
 * belongs to its class, and every context to the words around it.
 */
function checkClasses({ path, shapes, read }: Source, { clip, classNames, options, learner }: Method): void {
  const [prefix, suffix] = ['token_prefix', 'token_suffix'].map(part => frozenPart(shapes, part));
  const { tokenEmbedding } = clip.weights.text;
  const count = shapes.get(prefix ?? suffix ?? '')?.[0] ?? classNames.length;
  if (count !== classNames.length)
    throw new Error(`${path} was trained on ${count} classes, and ${classNames.length} were given.`);
  if (!suffix || !learner.context) return;
  const { tokens, words } = learner.context;
  const [, length, width] = shapes.get(suffix)! as [number, number, number];
  const values = read(suffix);
  const rows = contextRows(clip.tokenizer, classNames, { tokens, words }, clip.config.text.contextLength);
  rows.forEach((row, c) => {
    const after = row.slice(1 + tokens);
    const expected = tensorRows(tokenEmbedding, after);
    const found = values.subarray(c * length * width, (c * length + after.length) * width);
    if (!near(found, expected, width))
      throw new Error(
        `${path}: its class ${c} is not "${classNames[c]}"${options.init ? ` after "${options.init}"` : ''}; give the classes that it was trained on, in their order, and the initial words of its context.`,
      );
  });
}

/** Whether rows of this width are equal up to rounding to 16 bits. */
function near(values: Float32Array, expected: ArrayLike<number>, width = values.length): boolean {
  if (values.length !== expected.length) return false;
  for (let start = 0; start < values.length; start += width) {
    let [square, difference] = [0, 0];
    for (let i = start; i < start + width; i++) {
      square += expected[i]! ** 2;
      difference += (values[i]! - expected[i]!) ** 2;
    }
    if (!(difference <= 0.02 ** 2 * square)) return false;
  }
  return true;
}
