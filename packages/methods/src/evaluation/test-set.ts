import type { Dataset, Item } from '@dgprompt/datasets';
import type { Views } from '@dgprompt/images';
import { type FrozenRows, frozenRows } from '../features/image.js';
import { promptedImages } from '../learner/forward.js';
import { checkItems, isDataset } from '../learner/items.js';
import type { Method } from '../learner/types.js';
import type { Transform } from '../transforms/transform.js';

/**
 * The method on the classes of a test, and its images: a dataset's test images, or those given.
 * @throws one sentence if there are none, or if items do not fit the classes
 */
export function testSet(method: Method, on: Dataset | readonly Item[] | undefined) {
  if (on === undefined) throw new Error(`${method.name} was made from class names alone; give the images to test on.`);
  const items = isDataset(on) ? on.test : on;
  const tested = isDataset(on) && on !== method.dataset ? method.forClasses(on) : method;
  checkItems(tested, items);
  return { tested, items };
}

/** Frozen features, shared by tests with the same fixed transform; undefined if pixels are needed. */
export async function sharedRows(
  method: Method,
  paths: readonly string[],
  { transform, ...how }: { transform?: Transform; views: Views; signal?: AbortSignal },
): Promise<FrozenRows | undefined> {
  if (!transform?.fixed || promptedImages(method) || method.learner.adapt) return undefined;
  return frozenRows(method.clip, paths, { transform, ...how });
}
