import type { Comparison } from '@dgprompt/lab/golden';
import { distance } from '@dgprompt/lab/verify';
import { type GoldenSteps, goldenMethods, goldenSteps } from './golden-steps.js';
import recorded from './golden-steps.json' with { type: 'json' };

/** Allowed float32 error for logits of this magnitude; most machines stay below a tenth of it. */
const tolerance = 1e-4;

/** Methods with recorded steps. */
export const goldenNames = Object.keys(recorded) as (keyof typeof recorded)[];

/** Compares a method's first steps with those recorded on tfjs's plain CPU backend. */
export async function checkSteps(name: keyof typeof recorded): Promise<Comparison[]> {
  const here: GoldenSteps = await goldenSteps(goldenMethods[name]!);
  return Object.entries(recorded[name]).map(([what, expected]) => ({
    what,
    tolerance,
    error: distance(here[what as keyof GoldenSteps], expected),
  }));
}
