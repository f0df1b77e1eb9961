import { type Clip, type ClipTokenizer, createClip } from '@dgprompt/clip';
import { configFromShapes } from '@dgprompt/clip/checkpoint';
import { clipVocabulary } from '@dgprompt/clip/text';
import { clipWeightsFromNames } from '@dgprompt/clip/weights';
import { openSafetensors, type SafetensorsFile } from '@dgprompt/io';

/** A recorded CLIP, with a few rows of the published vocabulary. */
export interface GoldenClip {
  clip: Clip;
  /** The published vocabulary's id of each row of the token embedding. */
  ids: readonly number[];
  /** Sizes by their names in the published code, if the file has them. */
  config?: Readonly<Record<string, number>>;
}

/** The published models' initial and maximum logit scales. */
const publishedScales = [1 / 0.07, 100];

/** Whether a file is a recorded CLIP, identified by the list of its token ids in the published vocabulary. */
export const isGoldenClip = ({ metadata, tensors }: SafetensorsFile): boolean =>
  metadata.token_ids !== undefined && tensors.has('token_embedding.weight');

/**
 * A recorded CLIP, with OpenAI's parameter names and its `token_ids` in the file's metadata.
 *
 * @param scales logit scales that the recording may have been made with. A file of 16-bit floats stores the scale's
 *   logarithm rounded, which moves logits by up to a thousandth; if one of these, or one of the published models',
 *   rounds to the stored value, it is used instead.
 * @throws a sentence naming the file, and the tensor if one is at fault
 */
export async function goldenClip(path: string, scales: readonly number[] = []): Promise<GoldenClip> {
  const file = openSafetensors(path);
  try {
    const said = file.metadata.config ? (JSON.parse(file.metadata.config) as Record<string, number>) : undefined;
    const config = configFromShapes(path, file.tensors, headsOf(said));
    const weights = clipWeightsFromNames(config, ({ name }) => file.read(name));
    const ids = JSON.parse(file.metadata.token_ids ?? '[]') as number[];
    const tokenizer = compactTokenizer(await clipVocabulary(), ids);
    const clip = createClip({ config, weights, tokenizer, source: path });
    const { dtype } = file.tensors.get('logit_scale')!;
    const stored = Math.log(clip.logitScale);
    const meant =
      dtype === 'F32' ? undefined : [...scales, ...publishedScales].find(scale => roundsTo(Math.log(scale), stored));
    return { clip: { ...clip, logitScale: meant ?? clip.logitScale }, ids, ...(said && { config: said }) };
  } finally {
    file.close();
  }
}

/** CLIP's tokenizer on a vocabulary reduced to the listed ids; any other token gives -1. */
function compactTokenizer(full: ClipTokenizer, ids: readonly number[]): ClipTokenizer {
  const rows = new Map(ids.map((id, row) => [id, row]));
  const row = (id: number) => rows.get(id) ?? -1;
  return {
    start: row(full.start!),
    end: row(full.end),
    encode: text => full.encode(text).map(row),
    word: index => full.word?.(ids[index] ?? -1),
  };
}

/** The numbers of heads, which do not follow from shapes. */
function headsOf(said: Record<string, number> = {}) {
  const { transformer_heads: text, vision_heads: vision } = said;
  return { ...(text && { text: { heads: text } }), ...(vision && { vision: { heads: vision } }) };
}

/** Whether a number may round to this 16-bit float. */
function roundsTo(value: number, stored: number): boolean {
  const spacing = 2 ** (Math.floor(Math.log2(Math.abs(stored))) - 10);
  return Math.abs(value - stored) <= spacing / 2 + 1e-6;
}
