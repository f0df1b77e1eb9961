import type { CommandTree } from '../options/command.js';
import { bench } from './bench.js';
import { compare } from './compare.js';
import { data } from './data.js';
import { describe } from './describe.js';
import { doctor } from './doctor.js';
import { evaluate } from './evaluate.js';
import { explain } from './explain.js';
import { exportCommand } from './export.js';
import { importCommand } from './import.js';
import { interpret } from './interpret.js';
import { models } from './models.js';
import { predict } from './predict.js';
import { repeat } from './repeat.js';
import { report } from './report.js';
import { search } from './search.js';
import { status } from './status.js';
import { table } from './table.js';
import { train } from './train.js';
import { verify } from './verify.js';
import { work } from './work.js';
import { zeroShot } from './zero-shot.js';

/** All commands, in the order of `--help`. Keys match the config file. */
export const commands = {
  bench,
  status,
  table,
  compare,
  report,
  repeat,
  search,
  zeroShot,
  data,
  import: importCommand,
  interpret,
  explain,
  describe,
  models,
  verify,
  doctor,
  train,
  predict,
  evaluate,
  export: exportCommand,
} satisfies CommandTree;

/** Commands that only programs call, absent from `--help` and the config file. */
export const hiddenCommands = { work } satisfies CommandTree;

export type Commands = typeof commands;
