import type { LabelledFeatures, Shots } from '../../learner/types.js';

/**
 * The features on which settings are searched; undefined if there are none.
 * @throws one sentence if they should be those of test images and there are none
 */
export function searchedOn(
  method: string,
  search: 'validation' | 'test' | 'none',
  { validation, test }: Shots,
): LabelledFeatures | undefined {
  if (search !== 'test') return search === 'validation' ? validation : undefined;
  if (test) return test;
  throw new Error(`${method}: search is "test", and there are no test images; train it on a dataset that has some.`);
}
