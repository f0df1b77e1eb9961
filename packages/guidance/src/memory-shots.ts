/** Frozen features that a memory is built from. */
export interface MemoryShots {
  /** Unit image features of the shots, row by row, [N, e]. */
  features: ArrayLike<number>;
  /** Their N class indices, from 0; every class has at least one shot. */
  labels: ArrayLike<number>;
  /** Unit text features of the classes with shots, row by row, [C, e]. */
  texts: ArrayLike<number>;
  /** e */
  width: number;
}

export interface MemoryOptions {
  /** λ, weight of the visual evidence, at least 0. Default: 1.5 */
  strength?: number;
  /** ρ, how much classes with similar names share their evidence, above 0. Default: 1 */
  ridge?: number;
  /** Weight of the frozen CLIP in the margin between seen and unseen classes, 0 to 1. Default: 0.25 */
  clipShare?: number;
}
