import { CLIP_MEAN, CLIP_STD } from '@dgprompt/images';
import { joinPath } from '@dgprompt/io';
import { exists } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';

/** Pillow's number of bicubic interpolation. */
const bicubic = 3;

/**
 * Checks that a checkpoint's images are prepared as OpenAI's: shorter side resized (bicubic), centre crop, its mean and
 * deviation. Nothing else is implemented.
 *
 * @throws one sentence naming the file beside the weights and the setting that is another
 */
export function checkPreparation(folder: string): void {
  const plain = joinPath(folder, 'preprocessor_config.json');
  if (exists(plain)) {
    const { image_mean, image_std, resample, do_normalize, do_resize } = readJson(plain);
    same(
      plain,
      { image_mean, image_std, resample, do_normalize, do_resize },
      {
        ...{ image_mean: CLIP_MEAN, image_std: CLIP_STD, resample: bicubic },
        ...{ do_normalize: true, do_resize: true },
      },
    );
  }
  const openClip = joinPath(folder, 'open_clip_config.json');
  if (exists(openClip)) {
    const { mean, std, interpolation, resize_mode } = (readJson(openClip).preprocess_cfg ?? {}) as Settings;
    same(
      openClip,
      { mean, std, interpolation, resize_mode },
      {
        ...{ mean: CLIP_MEAN, std: CLIP_STD, interpolation: 'bicubic', resize_mode: 'shortest' },
      },
    );
  }
}

type Settings = Record<string, unknown>;

function same(path: string, given: Settings, ours: Settings): void {
  for (const [key, value] of Object.entries(given))
    if (value !== undefined && value !== null && !near(value, ours[key]))
      throw new Error(
        `${path}: ${key} is ${JSON.stringify(value)}, and images can only be prepared with ${JSON.stringify(ours[key])}, as OpenAI's CLIPs are.`,
      );
}

const near = (a: unknown, b: unknown): boolean =>
  Array.isArray(a) && Array.isArray(b)
    ? a.length === b.length && a.every((value, i) => Math.abs(Number(value) - Number(b[i])) < 1e-3)
    : a === b;
