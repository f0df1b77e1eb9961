/** Settings by name, as a method takes them: options, `lr`, `epochs`. */
export type Settings = Record<string, number | string | boolean>;

/** One step of a search: what is tried on top of the best settings so far, and kept if it is better. */
export type Stage = readonly Settings[];

const rates = (published: number): Stage => [1, 3, 10].map(factor => ({ lr: round(published * factor) }));
const lengths = (published: number): Stage => [0.5, 2].map(factor => ({ epochs: Math.ceil(published * factor) }));
const retained = (factor: number): Settings => ({
  retainText: 25 * factor,
  retainImage: 10 * factor,
  retainLogits: factor,
});

/** Learning rate, then epochs: the same for every method. */
const common = (lr: number, epochs: number): Stage[] => [rates(lr), lengths(epochs)];

/**
 * What the search tries, stage by stage; each method starts at its published settings. The mini-CLIP's logit scale is 21 where OpenAI's is 100, so
 * that gradients are smaller and rates larger than the published ones are worth a look.
 */
export const searches: Record<string, Stage[]> = {
  coop: common(0.002, 50),
  cocoop: common(0.002, 10),
  vpt: common(0.0025, 5),
  ivlp: common(0.0035, 5),
  maple: common(0.0035, 5),
  kgcoop: common(0.002, 100),
  prograd: common(0.002, 100),
  promptsrc: common(0.0025, 20),
  dgprompt: [
    ...common(0.0035, 5),
    [retained(0.5), retained(0.25)],
    [{ guidanceRate: 0.3 }, { guidanceRate: 3 }],
    [{ gate: true }],
    [{ guidanceFrom: 3 }],
    [{ visualContext: 'prototype' }],
  ],
};

function round(x: number): number {
  return Number(x.toPrecision(3));
}
