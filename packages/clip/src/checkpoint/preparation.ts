import { CLIP_MEAN, CLIP_STD, fullPreparation, type Preparation } from '@dgprompt/images';
import { joinPath } from '@dgprompt/io';
import { exists } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { checkSettings, type Json, present, section } from './settings.js';

/** How a checkpoint's images are prepared; the size is that of the model. */
export type PreparationSettings = Omit<Preparation, 'size'>;

/**
 * How a checkpoint's images are prepared, according to the files next to the weights: `preprocess_cfg` of OpenCLIP, or
 * `processor_config.json` or `preprocessor_config.json` of transformers.
 *
 * @param size side of the model's images
 * @param given a config that the caller gave, whose `preprocess_cfg` takes precedence
 * @returns undefined for a checkpoint without such a file
 * @throws one sentence naming the file and the setting that is not supported
 */
export function checkpointPreparation(
  folder: string,
  size: number,
  given?: readonly [name: string, config: Json],
): PreparationSettings | undefined {
  const openClip = joinPath(folder, 'open_clip_config.json');
  const beside = exists(openClip) ? [[openClip, readJson(openClip)] as const] : [];
  for (const [path, { preprocess_cfg: cfg }] of [...(given ? [given] : []), ...beside])
    if (cfg) return checked(path, size, openClipPreparation(path, cfg as Json));
  const [path, cfg] = ofTransformers(folder) ?? [];
  return cfg && checked(path!, size, huggingFacePreparation(path!, cfg, size));
}

/** The file of transformers, and its settings of images: that of all of a processor (since version 5) comes first. */
function ofTransformers(folder: string): [path: string, settings: Json] | undefined {
  const [all, own] = ['processor_config.json', 'preprocessor_config.json'].map(name => joinPath(folder, name));
  const settings = exists(all!) ? readJson(all!).image_processor : undefined;
  if (settings) return [all!, settings as Json];
  return exists(own!) ? [own!, readJson(own!)] : undefined;
}

function openClipPreparation(path: string, cfg: Json): Json {
  checkSettings(path, 'preprocess_cfg.', cfg, [
    ...['size', 'mode', 'mean', 'std', 'interpolation', 'resize_mode', 'fill_color'],
  ]);
  if (cfg.mode !== undefined && cfg.mode !== null) same(path, 'preprocess_cfg.mode', cfg.mode, 'RGB');
  return present({
    mean: cfg.mean,
    std: cfg.std,
    interpolation: cfg.interpolation === 'random' ? 'bicubic' : cfg.interpolation, // random only in training
    resize: cfg.resize_mode,
    fill: cfg.resize_mode === 'longest' ? cfg.fill_color : undefined,
  });
}

/** Pillow's numbers for its filters. */
const FILTERS: Record<number, string> = { 2: 'bilinear', 3: 'bicubic' };

function huggingFacePreparation(path: string, cfg: Json, size: number): Json {
  for (const step of ['do_resize', 'do_rescale', 'do_normalize'])
    if (cfg[step] !== undefined && cfg[step] !== null) same(path, step, cfg[step], true);
  const { resample = 3, rescale_factor: factor } = cfg;
  if (typeof factor === 'number' && Math.abs(factor - 1 / 255) > 1e-6)
    throw new Error(`${path}: rescale_factor is ${factor}; it must be 1 / 255.`);
  if (!(Number(resample) in FILTERS))
    throw new Error(`${path}: resample is ${JSON.stringify(resample)}; it must be 2 (bilinear) or 3 (bicubic).`);
  const type = cfg.image_processor_type ?? cfg.feature_extractor_type;
  const { do_center_crop: crops = /clip/i.test(String(type)) } = cfg; // as transformers' CLIPImageProcessor does
  const [asked, cut] = [section(cfg, 'size'), crops ? section(cfg, 'crop_size') : {}];
  square(path, 'size', asked);
  square(path, 'crop_size', cut);
  if (asked.longest_edge)
    throw new Error(`${path}: size is ${JSON.stringify(asked)}; it must have shortest_edge, or height and width.`);
  const isSquashed = 'height' in asked || 'width' in asked;
  const shortSide = typeof cfg.size === 'number' ? cfg.size : asked.shortest_edge;
  const crop = typeof cfg.crop_size === 'number' ? cfg.crop_size : (cut.height ?? size);
  if (isSquashed && crops && asked.height !== crop)
    throw new Error(
      `${path}: images are resized to ${asked.height} × ${asked.width} pixels and then cut to ${crop}; only a size of shortest_edge can be cut.`,
    );
  const scale = size / Number(crop); // if images have another size than in the file
  return present({
    mean: cfg.image_mean,
    std: cfg.image_std,
    interpolation: FILTERS[Number(resample)],
    resize: isSquashed ? 'squash' : undefined,
    shortSide:
      !isSquashed && crops && typeof shortSide === 'number' && shortSide !== crop
        ? Math.round(shortSide * scale)
        : undefined,
  });
}

/** @throws a sentence if a size is not that of a square */
function square(path: string, name: string, { height, width }: Json): void {
  if (height !== width)
    throw new Error(`${path}: ${name} is ${height} × ${width} pixels; images can only be prepared as squares.`);
}

function same(path: string, name: string, value: unknown, must: unknown): void {
  if (value !== must)
    throw new Error(`${path}: ${name} is ${JSON.stringify(value)}; images can only be prepared with ${must}.`);
}

/** Uses OpenAI's numbers if they are meant, however the last digits are rounded. */
function checked(path: string, size: number, settings: Json): PreparationSettings {
  const made = { ...settings } as PreparationSettings;
  try {
    fullPreparation({ size, ...made });
  } catch (cause) {
    throw new Error(`${path}: ${(cause as Error).message.replace(/^Preparation of images: /, '')}`, { cause });
  }
  const isOpenAi = near(made.mean, CLIP_MEAN) && near(made.std, CLIP_STD);
  const { mean: _, std: __, ...rest } = made;
  return isOpenAi ? rest : made;
}

const near = (a: readonly number[] = [], b: readonly number[]): boolean =>
  a.length === b.length && a.every((value, i) => Math.abs(value - b[i]!) < 1e-6);
