import type { Clip } from '@dgprompt/clip';
import type { SeededRandom } from '@dgprompt/engine';
import { type Guidance, guidance } from '@dgprompt/guidance';
import type { Condition, GroupSettings, Variables } from '../../learner/types.js';

/** DGPrompt's options that dual guidance depends on. */
export interface DualGuidanceOptions {
  tokens: number;
  depth: number;
  guidance: {
    image: 'image' | 'prototype' | 'shots' | 'none';
    text: 'classes' | 'adapted' | 'none';
    hierarchical: boolean;
    rank: number;
    lrScale: number;
    scale: number;
    from: number;
    gate: boolean;
  };
}

/** The generators of both directions; a direction that is off has none. */
export interface DualGuidance {
  /** Image → text: reads class-token states. */
  toText?: Guidance;
  /** Text → image: reads end-token states. */
  toVision?: Guidance;
  variables: Variables;
  /** Their learning rate. */
  groups: Record<string, GroupSettings>;
}

/** Generators that turn each tower's states into additions to the other tower's prompts. */
export function dualGuidance(
  { config }: Pick<Clip, 'config'>,
  { tokens, depth, guidance: options }: DualGuidanceOptions,
  random: SeededRandom,
): DualGuidance {
  const { image, text, from: first, hierarchical, rank, lrScale, scale, gate } = options;
  const generators = { tokens, depth, first, hierarchical, rank, scale, gate };
  const [textWidth, visionWidth] = [config.text.width, config.vision.width]; // d_t, d_v
  const toText =
    image === 'none' ? undefined : guidance({ ...generators, from: visionWidth, to: textWidth, single: true }, random);
  const toVision =
    text === 'classes' ? guidance({ ...generators, from: textWidth, to: visionWidth }, random) : undefined;
  const variables: Variables = {};
  if (toText) variables.toText = toText.variables;
  if (toVision) variables.toVision = toVision.variables;
  const groups = Object.fromEntries(Object.keys(variables).map(key => [key, { lrScale }]));
  return { toText, toVision, variables, groups };
}

/** Guidance starts at the second prompted layer: the states that enter the first one are the same for all. */
export function guidanceConditions({ depth, guidance: { image, text, from } }: DualGuidanceOptions): Condition[] {
  if (Math.max(1, from) >= depth) return [];
  return [...(image === 'image' ? (['image'] as const) : []), ...(text === 'classes' ? (['classes'] as const) : [])];
}

/** Why settings of the generators may have no effect. */
export function idleGuidance({
  depth,
  guidance: { image, text, from },
}: DualGuidanceOptions): Record<string, string | false> {
  const isOff =
    image === 'none' &&
    text !== 'classes' &&
    `nothing is generated while guidance.image is none and guidance.text is ${text}`;
  const reason = isOff || (from >= depth && `no layer from ${from} on has prompts (depth ${depth})`);
  return {
    ...Object.fromEntries(['hierarchical', 'rank', 'lrScale', 'scale', 'gate'].map(key => [`guidance.${key}`, reason])),
    'guidance.from': isOff,
  };
}
