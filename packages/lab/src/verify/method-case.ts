import type { SafetensorsFile } from '@dgprompt/io';
import type { GoldenClips } from '../golden/golden-clips.js';
import { type Comparison, checkGolden, isPublished } from '../golden/method-steps.js';
import { checkZoo, isInZoo } from '../golden/zoo/check.js';
import { Skipped } from './golden-case.js';

/** Whether a file records steps of a published method. */
export const isMethodFile = ({ tensors, metadata }: SafetensorsFile): boolean =>
  tensors.has('step0.logits') && (metadata.method !== undefined || (tensors.has('labels') && tensors.has('images')));

/** Checks a recorded method; its name is the metadata's, else the file's. */
export async function methodCase(file: SafetensorsFile, name: string, clips: GoldenClips): Promise<Comparison[]> {
  const base = name.split('/').at(-1)!;
  const { method, optimiser } = file.metadata;
  if (method !== undefined && optimiser !== undefined) {
    if (!isInZoo(method)) throw new Skipped(`not in this version: ${method}`);
    return checkZoo(file, (await clips.find(file, base)).clip, method);
  }
  const recorded = [file.metadata.method, base].find(one => one !== undefined && isPublished(one));
  if (recorded === undefined)
    throw new Skipped(`there is no method "${file.metadata.method ?? base}" here to compare with its published code`);
  const { clip } = await clips.find(file, base);
  return checkGolden(file, clip, recorded);
}
