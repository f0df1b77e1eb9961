import { homedir, hostname } from 'node:os';
import type { Environment } from './environment-type.js';

export type { Environment } from './environment-type.js';

/**
 * The environment variables.
 *
 * @example
 * ```ts
 * import { environment } from '@dgprompt/io';
 *
 * console.log(typeof environment().PATH); // string
 * ```
 */
export const environment = (): Environment => process.env;

/** `linux`, `darwin`, `win32`, … */
export const platform = (): string => process.platform;

/**
 * The user's home folder.
 *
 * @example
 * ```ts
 * import { homeFolder } from '@dgprompt/io';
 *
 * console.log(homeFolder().length > 0); // true
 * ```
 */
export const homeFolder = (): string => homedir();

/** The name of this machine. */
export const machine = (): string => hostname();
