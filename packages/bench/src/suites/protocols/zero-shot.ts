import { eachTask, type Protocol } from './protocol.js';

/** Zero-shot (Radford et al., 2021): trains nothing, tests hand-written prompts among all classes. */
export const zeroShot: Protocol = {
  name: 'zero-shot',
  title: 'train nothing, test hand-written prompts on all classes',
  recipe: 'few-shot',
  methods: ['clip'],
  shots: [0],
  experiments: eachTask,
  split: dataset => ({ train: dataset, tests: { all: dataset } }),
};
