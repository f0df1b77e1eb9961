import type { z } from 'zod';
import type { commands } from './commands/all.js';
import type { configSchema } from './config/schema.js';
import type { sharedOptions } from './options/table.js';

/**
 * The content of a config file: options that commands share, the section `methods`, and a section per command. A
 * command's
 * section takes precedence over the options at the top, the environment and the command line over the file.
 */
export type DgpromptConfig = z.input<ReturnType<typeof configSchema<typeof commands, typeof sharedOptions>>>;
