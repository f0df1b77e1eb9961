import type { Method } from '../learner/types.js';

const warned = new Set<string>();

/** Says on stderr, once for each sentence, what a recipe had to assume about the data. */
export function warnOfAssumption({ assumed }: Pick<Method, 'assumed'>): void {
  if (assumed === undefined || warned.has(assumed)) return;
  warned.add(assumed);
  console.warn(assumed);
}
