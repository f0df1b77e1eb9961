import type { Method } from '../../learner/types.js';
import { adaptedToSet } from '../adapt-set.js';
import { type Control, replacing, withChange } from './control.js';
import { ofWrongClasses } from './of-classes.js';

/**
 * The controls of a method that adapts to a test: it adapts to other classes, on the same images, or not at all. None
 * for other methods.
 *
 * @param method before it adapts
 * @param wrong other class names, see `classesControl`
 */
export function adaptationControls(method: Method, wrong?: readonly string[]): Control[] {
  const { adaptSet } = method.learner;
  if (!adaptSet) return [];
  const toOthers: Control = {
    title: 'adapted to a wrong class set',
    async open({ items, transform, signal }) {
      const others = ofWrongClasses(method, wrong);
      const paths = items.map(({ path }) => path);
      const { restore: dispose } = await adaptedToSet(others, paths, { transform, signal });
      return { method: withChange(method, adaptSet.change), dispose };
    },
  };
  return [toOthers, replacing('no adaptation', method, {})];
}
