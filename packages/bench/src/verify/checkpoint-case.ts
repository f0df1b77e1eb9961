import type { SafetensorsFile } from '@dgprompt/clip';
import type { Check } from '@dgprompt/methods';
import { Skipped } from './golden-case.js';

/** Whether a file records the features of a CLIP that lies beside it. */
export const isCheckpointFile = ({ tensors }: SafetensorsFile): boolean =>
  ['images', 'input_ids', 'image_features', 'text_features', 'logits'].every(name => tensors.has(name));

export async function checkpointCase(_file: SafetensorsFile): Promise<Check[]> {
  throw new Skipped('CLIPs in this form cannot be loaded yet');
}
