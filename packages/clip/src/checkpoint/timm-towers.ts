import type { VisionConfig } from '../config.js';
import { type Json, present } from './settings.js';
import type { PartialConfig } from './shapes.js';

/** A vision tower of timm: what its tensors do not show, and the head that OpenCLIP puts on it. */
interface Tower {
  name: RegExp;
  settings: Partial<VisionConfig>;
  /** Heads by width. */
  heads?: Record<number, number>;
  /** OpenCLIP's `timm_pool` and `timm_proj`. */
  pool: readonly unknown[];
  projection: readonly unknown[];
}

const NONE = [undefined, null, '', 'none'];

const siglip = { settings: { epsilon: 1e-6 }, pool: ['map'], projection: NONE };
const token = { pool: ['token'], projection: NONE };
const tanh = { epsilon: 1e-6, activation: 'gelu_tanh' as const };
const quick = { activation: 'quick_gelu' as const };
const convNext = { pool: ['', undefined, null], projection: ['linear', 'mlp'] };

/** Heads are width / 64 unless another number is given for the width that the tower has at full size. */
const TOWERS: readonly Tower[] = [
  { name: /^vit_(base_patch16|large_patch16)_siglip_(224|256|384)$|^vit_base_patch16_siglip_512$/, ...siglip },
  { name: /^vit_so400m_patch14_siglip_(224|378|384)$/, heads: { 1152: 16 }, ...siglip },
  { name: /^vit_(base_patch32_siglip_256|large_patch16_siglip_512)$/, ...siglip, settings: tanh },
  { name: /^vit_so400m_patch16_siglip_(256|384|512)$/, heads: { 1152: 16 }, ...siglip, settings: tanh },
  { name: /^vit_giantopt_patch16_siglip_(256|384)$/, heads: { 1536: 16 }, ...siglip, settings: tanh },
  {
    name: /^vit_(xsmall|medium|betwixt|base|large|huge|giant|gigantic)_patch\d+_(plus_)?clip_\d+$/,
    settings: {},
    heads: { 1280: 16, 1408: 16, 1664: 16 },
    ...token,
  },
  {
    name: /^vit_(base|large|huge|gigantic)_patch\d+_clip_quickgelu_\d+$/,
    settings: quick,
    heads: { 1280: 16, 1664: 16 },
    ...token,
  },
  {
    name: /^eva02_(base|large)_patch\d+_clip_\d+$/,
    settings: { epsilon: 1e-6, activation: 'silu', rotary: 16 },
    ...token,
  },
  { name: /^eva_giant_patch14_(clip_)?\d+$/, settings: { epsilon: 1e-6 }, heads: { 1408: 16 }, ...token },
  {
    name: /^eva02_enormous_patch14_clip_\d+$/,
    settings: { epsilon: 1e-6, normAfter: true },
    heads: { 1792: 16 },
    ...token,
  },
  { name: /^convnext_(tiny|small|base|large|xlarge)$/, settings: { epsilon: 1e-6 }, ...convNext },
  { name: /^convnext_xxlarge$/, settings: { epsilon: 1e-5 }, ...convNext },
];

/**
 * The settings of a timm tower by its name.
 *
 * @throws a sentence if it is not one of those that can be loaded, or OpenCLIP puts another head on it
 */
export function timmTower(path: string, name: string, vision: Json): PartialConfig['vision'] {
  const tower = TOWERS.find(one => one.name.test(name));
  if (!tower)
    throw new Error(
      `${path}: vision_cfg.timm_model_name is "${name}", a tower that cannot be loaded; those of CLIP, SigLIP, EVA and ConvNeXt can.`,
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
  return present({ activation: 'gelu', headWidth: 64, headsOfWidth: tower.heads, ...tower.settings });
}
