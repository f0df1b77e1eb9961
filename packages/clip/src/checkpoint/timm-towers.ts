import type { VisionConfig } from '../config.js';
import { type Json, present } from './settings.js';
import type { PartialConfig } from './shapes.js';

/** A vision tower of timm: what its tensors do not show, and the head that OpenCLIP puts on it. */
interface Tower {
  name: RegExp;
  settings: Partial<VisionConfig>;
  /** OpenCLIP's `timm_pool` and `timm_proj`. */
  pool: readonly unknown[];
  projection: readonly unknown[];
}

const NONE = [undefined, null, '', 'none'];

const siglip = { pool: ['map'], projection: NONE };
const eva = { pool: ['token'], projection: NONE };
const convNext = { pool: ['', undefined, null], projection: ['linear', 'mlp'] };

/** Heads are width / 64 unless given. */
const TOWERS: readonly Tower[] = [
  { name: /^vit_(base|large)_patch\d+_siglip_\d+$/, settings: { epsilon: 1e-6 }, ...siglip },
  {
    name: /^vit_(so400m|giantopt)_patch\d+_siglip_\d+$/,
    settings: { epsilon: 1e-6, activation: 'gelu_tanh', heads: 16 },
    ...siglip,
  },
  {
    name: /^eva02_(base|large)_patch\d+_clip_\d+$/,
    settings: { epsilon: 1e-6, activation: 'silu', rotary: 16 },
    ...eva,
  },
  { name: /^eva_giant_patch14_clip_\d+$/, settings: { epsilon: 1e-6, activation: 'gelu', heads: 16 }, ...eva },
  {
    name: /^eva02_enormous_patch14_clip_\d+$/,
    settings: { epsilon: 1e-6, activation: 'gelu', heads: 16, normAfter: true },
    ...eva,
  },
  { name: /^convnext_(tiny|small|base|large|xlarge)$/, settings: { epsilon: 1e-6 }, ...convNext },
  { name: /^convnext_xxlarge$/, settings: { epsilon: 1e-5 }, ...convNext },
];

/**
 * The settings of a timm tower by its name.
 *
 * @throws a sentence if it is none of those that can be loaded, or OpenCLIP puts another head on it
 */
export function timmTower(path: string, name: string, vision: Json): PartialConfig['vision'] {
  const tower = TOWERS.find(one => one.name.test(name));
  if (!tower)
    throw new Error(
      `${path}: vision_cfg.timm_model_name is "${name}", a tower that cannot be loaded; SigLIP, EVA-02 and ConvNeXt can.`,
    );
  for (const [key, allowed] of [
    ['timm_pool', tower.pool],
    ['timm_proj', tower.projection],
  ] as const)
    if (!allowed.includes(vision[key]))
      throw new Error(
        `${path}: vision_cfg.${key} is ${JSON.stringify(vision[key])} beside "${name}", a head that cannot be loaded; it must be ${allowed
          .filter(one => typeof one === 'string')
          .map(one => JSON.stringify(one))
          .join(' or ')}.`,
      );
  const heads = tower.settings.heads === undefined ? { headWidth: 64 } : {};
  return present({ activation: 'gelu', ...heads, ...tower.settings });
}
