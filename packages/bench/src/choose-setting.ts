/** One setting that was tried. */
export interface Tried {
  /** `lr=0.007+epochs=10` */
  options: string;
  /** Accuracy in percent, by task. */
  tasks: Record<string, number>;
  /** Over the tasks. */
  mean: number;
}

/** `best`: the highest mean. `careful`: the most careful setting whose mean is within a standard error of the best one's. */
export type Rule = 'best' | 'careful';

/** The mean over tasks. */
export const meanOf = (tasks: Record<string, number>): number => {
  const values = Object.values(tasks);
  return values.reduce((sum, value) => sum + value, 0) / values.length;
};

/**
 * The setting that a search chooses, once for all tasks.
 * @param tried from the most careful to the boldest, on the same tasks; of equals the first counts
 */
export function chooseSetting(tried: readonly Tried[], rule: Rule): Tried {
  const best = tried.reduce((most, one) => (one.mean > most.mean ? one : most));
  if (rule === 'best') return best;
  return tried.find(one => best.mean - one.mean <= standardError(one, best)) ?? best;
}

/** Of the mean difference of two settings over tasks; zero for one task, where it cannot be told. */
function standardError(a: Tried, b: Tried): number {
  const differences = Object.keys(b.tasks).map(task => b.tasks[task]! - a.tasks[task]!);
  const n = differences.length;
  if (n < 2) return 0;
  const mean = differences.reduce((sum, x) => sum + x, 0) / n;
  const variance = differences.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (n - 1);
  return Math.sqrt(variance / n);
}
