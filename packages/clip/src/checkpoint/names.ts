import type { TensorEntry, TensorFile } from '@dgprompt/io';
import { unwrapped } from './unwrap.js';

/** Where a checkpoint has a parameter. */
export interface Piece {
  /** One tensor, or several that make one matrix, one below the other. */
  parts: { file: TensorFile; name: string; entry: TensorEntry }[];
  /** Shape in OpenAI's layout. */
  shape: number[];
  /** The file has the matrix transposed. */
  transposed: boolean;
}

/** The library whose parameter names a checkpoint has. */
export type Naming = 'OpenAI' | 'Hugging Face';

/** Hugging Face's name (a pattern) → OpenAI's, in this order; names without a row are left out. */
const HUGGING_FACE: [RegExp, string][] = [
  [/^logit_scale$/, 'logit_scale'],
  [/^visual_projection\.weight$/, 'visual.proj'],
  [/^text_projection\.weight$/, 'text_projection'],
  [/^vision_model\.embeddings\.class_embedding$/, 'visual.class_embedding'],
  [/^vision_model\.embeddings\.patch_embedding\.weight$/, 'visual.conv1.weight'],
  [/^vision_model\.embeddings\.position_embedding\.weight$/, 'visual.positional_embedding'],
  [/^vision_model\.pre_layrnorm\./, 'visual.ln_pre.'],
  [/^vision_model\.post_layernorm\./, 'visual.ln_post.'],
  [/^vision_model\.encoder\.layers\./, 'visual.transformer.resblocks.'],
  [/^text_model\.embeddings\.token_embedding\.weight$/, 'token_embedding.weight'],
  [/^text_model\.embeddings\.position_embedding\.weight$/, 'positional_embedding'],
  [/^text_model\.final_layer_norm\./, 'ln_final.'],
  [/^text_model\.encoder\.layers\./, 'transformer.resblocks.'],
];

/** The same inside a block. Queries, keys and values are one matrix in OpenAI's layout. */
const IN_BLOCK: [RegExp, string][] = [
  [/\.layer_norm1\./, '.ln_1.'],
  [/\.layer_norm2\./, '.ln_2.'],
  [/\.mlp\.fc1\./, '.mlp.c_fc.'],
  [/\.mlp\.fc2\./, '.mlp.c_proj.'],
  [/\.self_attn\.out_proj\./, '.attn.out_proj.'],
  [/\.self_attn\.[qkv]_proj\./, '.attn.in_proj_'],
];

/** Hugging Face's projections are linear layers, [out, in]; OpenAI's are matrices to multiply with, [in, out]. */
const TURNED = new Set(['visual.proj', 'text_projection']);

/**
 * The parameters of one or several open files (shards) by their OpenAI names, whichever library wrote them: Hugging
 * Face transformers, OpenCLIP, OpenAI.
 *
 * @throws a sentence naming the file if two of its tensors are the same parameter, or the three parts of one do not
 *   match
 */
export function parameterPieces(files: readonly TensorFile[]): { naming: Naming; pieces: Map<string, Piece> } {
  const all = unwrapped(files);
  const naming: Naming = all.some(({ plain }) => plain.startsWith('vision_model.')) ? 'Hugging Face' : 'OpenAI';
  const found = new Map<string, Map<number, Piece['parts'][number]>>();
  for (const { file, name, plain, entry } of all) {
    const target = naming === 'Hugging Face' ? fromHuggingFace(plain) : plain.replace(/^text\.(?=\w+)/, '');
    if (target === undefined) continue;
    const place = naming === 'Hugging Face' ? 'qkv'.indexOf(/\.self_attn\.([qkv])_proj\./.exec(plain)?.[1] ?? 'q') : 0;
    const parts = found.get(target) ?? new Map();
    if (parts.has(place))
      throw new Error(`${file.path} has the parameter "${target}" twice, the second time as "${name}".`);
    found.set(target, parts.set(place, { file, name, entry }));
  }
  const pieces = new Map<string, Piece>();
  for (const [target, parts] of found) pieces.set(target, joined(target, parts, naming));
  return { naming, pieces };
}

function fromHuggingFace(name: string): string | undefined {
  const row = HUGGING_FACE.find(([pattern]) => pattern.test(name));
  if (!row) return undefined; // such as position_ids
  return IN_BLOCK.reduce((path, [pattern, to]) => path.replace(pattern, to), name.replace(...row));
}

function joined(target: string, parts: ReadonlyMap<number, Piece['parts'][number]>, naming: Naming): Piece {
  const ordered = [...parts].sort(([a], [b]) => a - b).map(([, part]) => part);
  const [first] = ordered as [Piece['parts'][number]];
  const { shape } = first.entry;
  if (naming === 'OpenAI' || !target.includes('.attn.in_proj_')) {
    const transposed = naming === 'Hugging Face' && TURNED.has(target) && shape.length === 2;
    return { parts: ordered, shape: transposed ? [...shape].reverse() : shape, transposed };
  }
  if (ordered.length !== 3 || ordered.some(({ entry }) => entry.shape.join() !== shape.join()))
    throw new Error(
      `${first.file.path}: queries, keys and values beside "${first.name}" must be three tensors of one shape.`,
    );
  return { parts: ordered, shape: [3 * shape[0]!, ...shape.slice(1)], transposed: false };
}
