import { givenTo } from '../../learner/forward.js';
import type { Method, PromptLearner } from '../../learner/types.js';
import { release, textSide } from '../inference.js';
import { type Control, withChange } from './control.js';

/** Classes for controls of methods that are tested on every known class. */
const things = [
  ...['chair', 'river', 'violin', 'bread', 'bridge', 'elephant', 'umbrella', 'lamp', 'volcano', 'bicycle', 'carpet'],
  ...['pencil', 'waterfall', 'helmet', 'spoon', 'castle', 'tractor', 'mushroom', 'piano', 'desert', 'scissors', 'boat'],
  ...['ladder', 'owl', 'suitcase', 'glacier', 'hammer', 'cake', 'lighthouse', 'camera'],
];

/** The method with other classes, as many if enough are available. */
export const ofWrongClasses = (method: Method, wrong?: readonly string[]): Method =>
  method.forClasses(
    (wrong ?? things.filter(name => !method.classNames.includes(name))).slice(0, method.classNames.length),
  );

/**
 * The control of image features that depend on the class set: they are computed for other classes, and compared with
 * the text features of the right ones.
 *
 * @param wrong other class names, of which as many as there are classes are used. Default: everyday things
 */
export const classesControl = (method: Method, wrong?: readonly string[]): Control => ({
  title: 'guidance of a wrong class set',
  async open() {
    const { learner } = method;
    const others = ofWrongClasses(method, wrong);
    const side = textSide(others);
    const known = await side.compute();
    const dispose = () => {
      release(known);
      void side.dispose();
    };
    const names = [...others.classNames];
    if (learner.features) {
      const { features } = learner;
      const frozen = givenTo(others, { text: known.frozen });
      return {
        method: withChange(method, {
          features(images, classes, pick, given) {
            const { image, states } = features(images, names, all => all, frozen);
            return { ...features(images, classes, pick, given), image, ...(states && { states }) };
          },
        }),
        dispose,
      };
    }
    const imageFeatures: PromptLearner['imageFeatures'] =
      learner.imageFeatures && ((images, _text, given) => learner.imageFeatures!(images, known.text!, given));
    return { method: withChange(method, { imageFeatures }), dispose };
  },
});
