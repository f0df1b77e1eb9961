import type { TensorEntry, TensorFile } from '@dgprompt/io';

/** A tensor of a checkpoint, with its name as the model knows it. */
export interface NamedTensor {
  file: TensorFile;
  /** Its name in the file. */
  name: string;
  /** Without what training programs put around a model. */
  plain: string;
  entry: TensorEntry;
}

/**
 * What training programs put before every name, in any order and depth. Where a checkpoint has several models under
 * such names, the first of this list is used: the averaged weights (EMA) are those that such training evaluates and
 * publishes.
 */
const WRAPPERS = [
  'model_ema',
  'state_dict_ema',
  'model_state_dict_ema',
  'ema_state_dict',
  'ema_model',
  'ema',
  'state_dict',
  'model_state_dict',
  'model',
  'module',
  'clip_model',
  'clip',
  'net',
  'network',
];

/** What compilers and sharding put into the middle of names. */
const INNER = /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/** How the names of a CLIP's vision tower start, in any library. */
const VISION = /^(visual|vision_model|image_encoder)\./;

/** More wrappers around each other than anybody has. */
const DEEPEST = 12;

/**
 * The tensors of one or several open files (shards), without what training programs wrap around a model: `state_dict`,
 * `model`, `module`, `_orig_mod`, `clip_model` and the like, around each other in any order. What lies beside the
 * model, such as an optimizer's tensors, is left out. If there are averaged weights (`model_ema`), these are used.
 */
export function unwrapped(files: readonly TensorFile[]): NamedTensor[] {
  const all = files.flatMap(file =>
    [...file.tensors].map(([name, entry]) => ({ file, name, plain: name.replace(INNER, '$1'), entry })),
  );
  const path = wrapperOf(
    all.map(({ plain }) => plain),
    DEEPEST,
  );
  return path
    ? all.filter(({ plain }) => plain.startsWith(path)).map(t => ({ ...t, plain: t.plain.slice(path.length) }))
    : all;
}

/** The prefix, with a dot at its end, below which a CLIP's names are; none if there is no CLIP below wrappers. */
function wrapperOf(names: readonly string[], deepest: number): string | undefined {
  if (names.some(name => VISION.test(name))) return '';
  if (deepest === 0) return undefined;
  for (const wrapper of WRAPPERS) {
    const prefix = `${wrapper}.`;
    const inside = names.filter(name => name.startsWith(prefix)).map(name => name.slice(prefix.length));
    const path = inside.length > 0 ? wrapperOf(inside, deepest - 1) : undefined;
    if (path !== undefined) return prefix + path;
  }
  return undefined;
}
