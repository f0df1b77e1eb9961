import { printable, type TensorEntry, type TensorFile } from '@dgprompt/io';

/** A tensor of a checkpoint, with its name as the model knows it. */
export interface NamedTensor {
  file: TensorFile;
  /** Its name in the file. */
  name: string;
  /** The name without the wrappers of training programs. */
  plain: string;
  entry: TensorEntry;
}

/** Averaged weights, the ones that such training evaluates and publishes. */
const AVERAGED = /^(ema|model_ema|ema_model|state_dict_ema|model_state_dict_ema|ema_state_dict)$/;

/** Prefixes that training programs add to every name. */
const WRAPPERS = /^(state_dict|model_state_dict|model_state|model|module|clip_model|clip|net|network)$/;

/** Parts that compilers and sharding insert into names. */
const INNER = /(^|\.)(?:_orig_mod|_fsdp_wrapped_module|_checkpoint_wrapped_module)\./g;

/** How the names of a CLIP's vision tower start, in any library. */
const VISION = /^(visual|vision_model|image_encoder)\./;

/** More nested wrappers than occur in practice. */
const DEEPEST = 12;

/**
 * The tensors of one or several open files (shards), without the wrappers of training programs: `state_dict`, `model`,
 * `module`, `_orig_mod`, `clip_model` and the like, nested in any order, or any other name if only one has a CLIP below
 * it. Everything next to the model, such as an optimizer's tensors, is skipped. If there are averaged weights
 * (`model_ema`, `state_dict_ema`), these are used.
 *
 * @throws a sentence naming the file if it has several models and none takes precedence
 */
export function unwrapped(files: readonly TensorFile[]): NamedTensor[] {
  const all = files.flatMap(file =>
    [...file.tensors].map(([name, entry]) => ({ file, name, plain: name.replace(INNER, '$1'), entry })),
  );
  const path = wrapperOf(
    all.map(({ plain }) => plain),
    files[0]?.path ?? '',
    DEEPEST,
  );
  return path
    ? all.filter(({ plain }) => plain.startsWith(path)).map(t => ({ ...t, plain: t.plain.slice(path.length) }))
    : all;
}

/** The prefix of a CLIP's names, with a trailing dot; undefined if there is no CLIP. */
function wrapperOf(names: readonly string[], shown: string, deepest: number): string | undefined {
  if (names.some(name => VISION.test(name))) return '';
  if (deepest === 0) return undefined;
  let rest = [...byFirstPart(names)];
  for (const wanted of [AVERAGED, WRAPPERS, /^/]) {
    const found = rest.flatMap(([first, inside]) => {
      const path = wanted.test(first) ? wrapperOf(inside, shown, deepest - 1) : undefined;
      return path === undefined ? [] : [`${first}.${path}`];
    });
    rest = rest.filter(([first]) => !wanted.test(first));
    if (found.length > 1) {
      const several = found.slice(0, 5).map(path => printable(JSON.stringify(path.slice(0, -1)), 100));
      throw new Error(
        `${shown} has several models, under ${several.join(', ')}; save the one to load in a file alone.`,
      );
    }
    if (found.length === 1) return found[0];
  }
  return undefined;
}

/** The rest of each name after its first part, by that part. */
function byFirstPart(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const dot = name.indexOf('.');
    if (dot < 0) continue;
    const first = name.slice(0, dot);
    const group = groups.get(first);
    if (group) group.push(name.slice(dot + 1));
    else groups.set(first, [name.slice(dot + 1)]);
  }
  return groups;
}
