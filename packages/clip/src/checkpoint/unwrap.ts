import type { TensorEntry, TensorFile } from '@dgprompt/io';

/** A tensor of a checkpoint, with its name as the model knows it. */
export interface NamedTensor {
  file: TensorFile;
  /** Its name in the file. */
  name: string;
  /** Without the prefixes that training programs put before every name. */
  plain: string;
  entry: TensorEntry;
}

/** Prefixes that training programs put before every name. */
const WRAPPERS = ['state_dict.', 'model_state_dict.', 'model.', 'module.'];

/** The tensors of one or several open files (shards), without what training programs wrap around a model. */
export function unwrapped(files: readonly TensorFile[]): NamedTensor[] {
  let all = files.flatMap(file => [...file.tensors].map(([name, entry]) => ({ file, name, plain: name, entry })));
  for (const prefix of WRAPPERS) {
    const inside = all.filter(({ plain }) => plain.startsWith(prefix));
    // A training checkpoint has the optimizer's tensors beside the state dict.
    if (inside.length > 0 && (prefix.includes('state_dict') || inside.length === all.length))
      all = inside.map(tensor => ({ ...tensor, plain: tensor.plain.slice(prefix.length) }));
  }
  return all;
}
