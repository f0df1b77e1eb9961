import type { Clip } from '@dgprompt/clip';
import { openTensorFile } from '@dgprompt/clip/checkpoint';
import { contextRows } from '@dgprompt/clip/text';
import { tensorRows } from '@dgprompt/engine/weights';
import * as tf from '@tensorflow/tfjs-core';
import { firstNotFinite } from '../features/finite.js';
import { contextsOf } from '../learner/contexts.js';
import type { Method } from '../learner/types.js';
import { checkClassNames } from '../method/class-names.js';
import { methodVariant } from '../method/define.js';
import { namedVariables } from '../method/variables.js';
import { published } from './published.js';
import { type Published, type PublishedFile, placeParts } from './types.js';

/** Facts that a published checkpoint does not contain. */
export interface ImportOptions {
  /**
   * Initial words of the context, `a photo of a`: those beyond its tokens stay in the prompt. Default: the method's.
   */
  init?: string;
  /** Position of the class name (CoOp). Default: `end` */
  position?: 'end' | 'middle' | 'front';
  /** The dataset's hand-written prompts, for methods that read them. Default: `a photo of a {}.` */
  templates?: readonly string[];
}

/** Ids of the methods whose published checkpoints can be imported. */
export const importable: readonly string[] = Object.keys(published);

/** A file's tensors, by names without the prefixes of the training code. */
interface Source extends PublishedFile {
  path: string;
  read(name: string): Float32Array;
}

/**
 * Imports a trained method from a checkpoint of the published PyTorch code, such as Dassl's `model.pth.tar-50`, read as
 * data and never executed, or from the same tensors as safetensors. `importable` lists the methods. Tokens, depths,
 * ranks and class-specific contexts follow from its shapes.
 *
 * @param path the file
 * @param id the method, `maple`, with the settings that its file does not contain, `clip-adapter:ratio=0.6`
 * @param clip the CLIP that it was trained on; checked against the frozen weights in the file, if there are any
 * @param classNames the classes that it was trained on, in the order of their labels
 * @throws one sentence if the file is unreadable, or belongs to another method, CLIP or class list, or for initial
 *   words or a position that the method does not have
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
  { init, position, templates }: ImportOptions = {},
): Promise<Method> {
  const [name = '', ...variant] = id.split(':');
  const known = Object.hasOwn(published, name) ? published[name] : undefined;
  if (!known) throw new Error(`Checkpoints of "${name}" cannot be imported; those of ${importable.join(', ')} can.`);
  const factory = variant.length > 0 ? methodVariant(known.method, variant.join(':')) : known.method;
  const names = checkClassNames(classNames);
  for (const [key, value] of Object.entries({ init, position }))
    if (value !== undefined && !Object.hasOwn(known.method.definition.options, key))
      throw new Error(`${name} has no option ${key}, so "${value}" would have no effect; leave it out.`);
  const file = await openTensorFile(path);
  try {
    const plain = new Map([...file.tensors.keys()].map(name => [withoutPlace(name), name]));
    const shapes = new Map([...plain].map(([name, stored]) => [name, file.tensors.get(stored)!.shape]));
    const source: Source = { path, shapes, values: file.values, clip, read: name => file.read(plain.get(name)!) };
    checkMethod(source, name);
    checkClip(source);
    const settings = {
      ...(init !== undefined && { ctx_init: init }),
      ...(position && { class_token_position: position }),
    };
    const options = { ...optionsOf(source, known, settings), ...(templates && { templates: [...templates] }) };
    const method = factory(clip, names, options);
    try {
      checkClasses(source, method, known.repeats?.(source));
      fill(source, method, known);
    } catch (error) {
      method.dispose();
      throw error;
    }
    return method;
  } finally {
    file.close();
  }
}

function optionsOf(source: Source, known: Published, settings: Record<string, string>): Record<string, unknown> {
  try {
    return known.options(source, settings);
  } catch (error) {
    throw new Error(`${source.path}: ${(error as Error).message}`, { cause: error });
  }
}

/** `state_dict.module.prompt_learner.ctx` and `prompt_learner.ctx` are the same parameter. */
const withoutPlace = (name: string) => name.replace(/^state_dict\./, '').replace(/^module\./, '');

/** Checks that the file's learned parameters are those of this method and of no other. */
function checkMethod(source: Source, id: string): void {
  const { path, shapes } = source;
  const known = published[id]!;
  let found = 0;
  for (const name of shapes.keys()) {
    if (known.parameter(name, source) !== undefined) found++;
    else {
      const others = Object.keys(published).filter(other => published[other]!.parameter(name, source) !== undefined);
      if (others.length > 0)
        throw new Error(
          `${path} has "${name}", which ${id} does not learn: it looks like a checkpoint of ${others.join(' or ')}.`,
        );
    }
  }
  if (found === 0) throw new Error(`${path} has no learned parameters of ${id}, such as "prompt_learner.ctx".`);
}

/** Assigns a file's parameters to a method's variables, and to what it keeps beside them. */
function fill(source: Source, method: Method, { parameter }: Published): void {
  const { path, shapes, read } = source;
  const { variables, state = {} } = method.learner;
  const trained = namedVariables({ variables });
  const all = new Map([...trained, ...namedVariables({ variables: state })]);
  const missing = new Set(trained.keys());
  for (const [name, shape] of shapes) {
    const place = parameter(name, source);
    if (place === undefined) continue;
    const [own, isTransposed] = placeParts(place);
    const variable = all.get(own);
    if (!variable) throw new Error(`${path} has "${name}", which ${method.name} with ${shown(method)} does not learn.`);
    const values = read(name);
    const wrong = firstNotFinite(values);
    if (wrong) throw new Error(`${path}: "${name}" has the value ${wrong.value}; these prompts are not numbers.`);
    tf.tidy(() => {
      const stored = tf.tensor(values, [...shape]);
      const value = isTransposed ? tf.transpose(stored) : stored;
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
function checkClip({ path, shapes, read, clip: { weights, source, tokenizer } }: Source): void {
  const refuse = (what: string) => {
    throw new Error(`${path} was trained on another CLIP than ${source || 'this one'}: its ${what} is another.`);
  };
  const classEmbedding = 'classEmbedding' in weights.vision ? weights.vision.classEmbedding : undefined;
  // as parts of a learner, and in a state dict of the CLIP itself
  const ours: [names: string[], tensor: tf.Tensor | undefined][] = [
    [['text_encoder.ln_final.weight', 'ln_final.weight'], weights.text.lnFinal.weight],
    [['text_encoder.positional_embedding', 'positional_embedding'], weights.text.positions],
    [['image_encoder.class_embedding', 'visual.class_embedding'], classEmbedding],
  ];
  for (const [names, tensor] of ours)
    for (const name of names)
      if (tensor && shapes.has(name) && !near(read(name), tensor.dataSync<'float32'>())) refuse(`"${name}"`);
  const prefix = frozenPart(shapes, 'token_prefix'); // [C, 1, d_t]
  if (prefix === undefined || tokenizer.start === undefined) return;
  const start = read(prefix).subarray(0, shapes.get(prefix)!.at(-1)!);
  if (!near(start, tensorRows(weights.text.tokenEmbedding, [tokenizer.start]))) refuse('start token');
}

const frozenPart = (shapes: Source['shapes'], part: string) =>
  [part, `prompt_learner.${part}`].find(name => shapes.has(name));

/**
 * Compares the frozen embeddings after the context (class name, full stop and end token): a class-specific context
 * belongs to its class, and every context to the words around it.
 */
function checkClasses(
  { path, shapes, read }: Source,
  { clip, classNames, options, learner }: Method,
  repeats = 1,
): void {
  const [prefix, suffix] = ['token_prefix', 'token_suffix'].map(part => frozenPart(shapes, part));
  const { tokenEmbedding } = clip.weights.text;
  const count = (shapes.get(prefix ?? suffix ?? '')?.[0] ?? classNames.length * repeats) / repeats;
  if (count !== classNames.length)
    throw new Error(`${path} was trained on ${count} classes, and ${classNames.length} were given.`);
  const [context] = contextsOf(learner);
  if (!suffix || !context) return;
  const { tokens, words } = context;
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
