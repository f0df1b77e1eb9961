import { joinPath } from '@dgprompt/io';
import { exists } from '../runtime/files.js';
import { readJson } from '../runtime/json.js';
import { huggingFaceConfig, isHuggingFace } from './huggingface-config.js';
import type { Naming } from './names.js';
import { isOpenClip, openClipConfig } from './openclip-config.js';
import { ownConfig } from './own-config.js';
import type { Json } from './settings.js';
import type { PartialConfig } from './shapes.js';

/**
 * The settings of the config next to a checkpoint: those that its tensors do not show, and sizes to compare with them.
 * A config is recognised by its content: Hugging Face's, OpenCLIP's or ours, under either usual name.
 *
 * @returns an empty object if there is no config
 * @throws one sentence naming the file and the setting if it is not JSON, or describes a network that cannot be loaded
 */
export function checkpointConfig(folder: string, naming: Naming): PartialConfig {
  const names = ['open_clip_config.json', 'config.json'];
  const paths = (naming === 'OpenAI' ? names : names.reverse()).map(name => joinPath(folder, name));
  const path = paths.find(exists);
  return path === undefined ? {} : configOf(path, readJson(path));
}

/** The settings of a config in one of the three forms. @param path for errors */
export function configOf(path: string, config: Json): PartialConfig {
  if (isOpenClip(config)) return openClipConfig(path, config);
  return isHuggingFace(config) ? huggingFaceConfig(path, config) : ownConfig(path, config);
}
