import { eachTask, type Protocol, usualMethods } from './protocol.js';

/** Few-shot learning (Zhou et al., CoOp, IJCV 2022): trains on k images of every class, tests among all classes. */
export const fewShotLearning: Protocol = {
  name: 'few-shot',
  title: 'train on 1, 2, 4, 8, 16 images of every class, test on all classes',
  recipe: 'few-shot',
  methods: usualMethods,
  shots: [1, 2, 4, 8, 16],
  experiments: eachTask,
  split: dataset => ({ train: dataset, tests: { all: dataset } }),
};
