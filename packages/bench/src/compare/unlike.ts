import { computedIn, type RunConfig } from '../records/config.js';

/** A setting that differs between the two runs of some pairs. */
export interface UnlikeSetting {
  setting: 'pillow' | 'precision' | 'descriptions';
  /** Number of pairs in which it differs. */
  pairs: number;
  /** The values in these pairs. */
  a: string[];
  b: string[];
}

const settings = {
  pillow: config => String(computedIn(config).pillow),
  precision: config => computedIn(config).precision,
  descriptions: ({ descriptions }) => descriptions?.slice(0, 12) ?? 'none',
} satisfies Record<UnlikeSetting['setting'], (config: RunConfig) => string>;

/** The settings in which paired runs differ although neither their methods nor their recipes need them to. */
export function unlikeSettings(pairs: readonly { a: RunConfig; b: RunConfig }[]): UnlikeSetting[] {
  return Object.entries(settings).flatMap(([setting, textOf]) => {
    const unlike = pairs.filter(({ a, b }) => textOf(a) !== textOf(b));
    if (unlike.length === 0) return [];
    const values = (side: 'a' | 'b') => [...new Set(unlike.map(pair => textOf(pair[side])))];
    return [{ setting: setting as UnlikeSetting['setting'], pairs: unlike.length, a: values('a'), b: values('b') }];
  });
}
