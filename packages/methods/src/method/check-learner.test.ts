import * as tf from '@tensorflow/tfjs-core';
import { expect, test } from 'vitest';
import { checkLearner } from './check-learner.js';

const check = (learner: unknown) => checkLearner('mine', learner as never);

test('a learner that the types allow passes unchanged', () => {
  const learner = {
    variables: { a: [tf.variable(tf.zeros([2]))] },
    loss: () => tf.scalar(1),
    logits: undefined,
    more: 1,
  };
  expect(check(learner)).toBe(learner);
});

test('a variable may occur only once, since every occurrence would update it', () => {
  const shared = tf.variable(tf.zeros([2]));
  expect(() => check({ variables: { a: shared, b: { c: [shared] } } })).toThrow(
    'mine: "a" and "b.c.0" are the same variable, which would be updated twice a step.',
  );
});

test.each<[unknown, string]>([
  [undefined, 'mine: build returned undefined; it must return an object with the variables.'],
  [{ loss: () => 1 }, 'mine: build returned no variables; a method that trains nothing returns variables: {}.'],
  [{ variables: {}, loss: 3 }, 'mine: loss is number; it must be a function.'],
  [{ variables: {}, frozen: 'text' }, 'mine: frozen is string; it must be an object.'],
  [{ variables: {}, classSpecific: () => 1 }, 'mine: classSpecific is function; it must be true or false.'],
  [
    { variables: {}, textFeature: () => 1 },
    'mine: build returned "textFeature", which is not used; did you mean "textFeatures"?',
  ],
  [
    { variables: {}, controls: { 'no shift': { logit: () => 1 } } },
    'mine: the control "no shift" has "logit", which is not used; did you mean "logits"?',
  ],
  [
    { variables: {}, inTraining: { textfeatures: () => 1 } },
    'mine: inTraining has "textfeatures", which is not used; did you mean "textFeatures"?',
  ],
  [{ variables: {}, inTraining: { loss: 3 } }, 'mine: loss is number; it must be a function.'],
  [
    { variables: { text: [], metaNet: [] }, groups: { metanet: { lrScale: 2 } } },
    'mine: Unknown group of variables "metanet". Did you mean "metaNet"? Known: text, metaNet.',
  ],
  [
    { variables: { text: [] }, groups: { text: { lrscale: 2 } } },
    'mine: Unknown setting of the group "text" "lrscale". Did you mean "lrScale"? Known: lrScale, weightDecay.',
  ],
  [
    { variables: { text: [] }, groups: { text: { lrScale: -1 } } },
    'mine: lrScale of the group "text" is -1; it must be a number of at least 0.',
  ],
  [{ variables: {}, frozen: { onetext: true } }, 'mine: Unknown key of frozen "onetext". Did you mean "oneText"?'],
  [{ variables: {}, frozen: { oneText: 1 } }, 'mine: frozen.oneText is of type number; it must be true or false.'],
  [
    { variables: {}, frozen: { anotherView: true } },
    'mine: frozen.anotherView needs image features of its own, of which the frozen CLIP sees another view.',
  ],
  [
    { variables: {}, imageFeatures: () => 1, frozen: { anotherView: true, whole: true } },
    'mine: frozen.anotherView and frozen.whole exclude each other; leave one out.',
  ],
  [{ variables: { a: { b: tf.zeros([2]) } } }, 'mine: the variable "a.b" is a tensor; make it with tf.variable.'],
  [{ variables: { a: 3 } }, 'mine: the variable "a" is of type number; it must be a tf.Variable.'],
  [{ variables: {}, state: { a: [3] } }, 'mine: the variable "state.a.0" is of type number; it must be a tf.Variable.'],
])('%j is an error', (learner, sentence) => {
  expect(() => check(learner)).toThrow(sentence);
});
