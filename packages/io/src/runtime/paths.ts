import { basename, dirname, join, resolve } from 'node:path';

/**
 * Joins parts of a path.
 *
 * @example
 * ```ts
 * import { joinPath } from '@dgprompt/io';
 *
 * console.log(joinPath('runs', '..', 'records').replaceAll('\\', '/')); // records
 * ```
 */
export const joinPath = (...parts: string[]): string => join(...parts);

/**
 * The last part of a path.
 *
 * @param ending removed if the name ends with it
 *
 * @example
 * ```ts
 * import { baseName } from '@dgprompt/io';
 *
 * console.log(baseName('runs/maple.json', '.json')); // maple
 * ```
 */
export const baseName = (path: string, ending?: string): string => basename(path, ending);

/**
 * The folder that a path is in.
 *
 * @example
 * ```ts
 * import { folderOf } from '@dgprompt/io';
 *
 * console.log(folderOf('runs/maple.json')); // runs
 * ```
 */
export const folderOf = (path: string): string => dirname(path);

/**
 * The absolute form of a path.
 *
 * @example
 * ```ts
 * import { baseName, resolvePath } from '@dgprompt/io';
 *
 * console.log(baseName(resolvePath('runs/.'))); // runs
 * ```
 */
export const resolvePath = (...parts: string[]): string => resolve(...parts);
