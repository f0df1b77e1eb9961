/** Tip-Adapter's published settings for a dataset (`configs/*.yaml` of gaopengcuhk/Tip-Adapter). */
interface TipSettings {
  alpha: number;
  scale: { beta: number; alpha: number };
}

/** Initial alpha; upper ends of the grid of beta and alpha. */
const published: Readonly<Record<string, readonly [alpha: number, betas: number, alphas: number]>> = {
  'caltech-101': [3, 12, 5],
  dtd: [2, 13, 13],
  eurosat: [2, 12, 10],
  fgvc_aircraft: [5, 30, 30],
  'food-101': [1.17, 10, 10],
  imagenet: [1.17, 7, 3],
  oxford_flowers: [10, 50, 50],
  oxford_pets: [1.17, 7, 3],
  stanford_cars: [3, 20, 10],
  sun397: [1.17, 12, 10],
  ucf101: [3, 7, 3],
};

const elsewhere = [1.17, 50, 50] as const;

/**
 * The published numbers of a dataset. For others, ImageNet's initial alpha and the widest of the published grids: on
 * pictograms the best alpha is near 50, far beyond ImageNet's grid.
 */
export function tipSettings(dataset: string): TipSettings {
  const [alpha, betas, alphas] = published[dataset] ?? elsewhere;
  return { alpha, scale: { beta: betas, alpha: alphas } };
}
