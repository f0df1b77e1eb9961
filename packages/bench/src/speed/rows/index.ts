import { randomClip } from '../random-clip.js';
import { backend } from './backend.js';
import { ceiling } from './ceiling.js';
import { evaluation } from './evaluation.js';
import { memory } from './memory.js';
import { pipeline } from './pipeline.js';
import { startUp } from './start-up.js';
import { step } from './step.js';
import { tower } from './tower.js';

/** What can be measured, each in a process of its own. */
export const rows = {
  /** No measurement: the checkpoint that the others load. */
  model: randomClip,
  ceiling,
  step,
  backend,
  tower,
  evaluation,
  pipeline,
  startUp,
  memory,
};

export type RowName = keyof typeof rows;
export type RowOptions<N extends RowName> = Parameters<(typeof rows)[N]>[0];
export type RowResult<N extends RowName> = Awaited<ReturnType<(typeof rows)[N]>>;
