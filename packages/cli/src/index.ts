import type { z } from 'zod';
import type { Commands } from './commands/all.js';
import type { ConfigSchema } from './config/schema.js';
import type { SharedOptions } from './options/table.js';

export type {
  Answer,
  Executor,
  ExecutorContext,
  ExecutorOptions,
  ExecutorTask,
  Known,
} from './executors/executor.js';

/**
 * The content of a config file: options that commands share, the section `methods`, and a section per command. A
 * command's section takes precedence over the options at the top; the environment and the command line take precedence
 * over the file.
 */
export type DgpromptConfig = z.input<ConfigSchema<Commands, SharedOptions>>;
