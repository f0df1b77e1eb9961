import { fileURLToPath } from 'node:url';

/**
 * Folder of the small CLIP in this package: `model.safetensors` (OpenAI's parameter names), `config.json` and
 * `tokenizer.json`. Always available, offline.
 */
export const miniClip: string = fileURLToPath(new URL('../model', import.meta.url));
