import { type Environment, environment, homeFolder, platform } from './runtime/environment.js';
import { joinPath, resolvePath } from './runtime/paths.js';

/**
 * The folder for everything that can be regenerated: `DGPROMPT_CACHE` if set, otherwise `dgprompt` in the user's cache
 * folder (`LOCALAPPDATA` on Windows, `XDG_CACHE_HOME` or `~/.cache` elsewhere).
 *
 * @param variables defaults to the environment
 * @param system `win32`, `linux`, …; defaults to the current one
 *
 * @example
 * ```ts
 * import { baseName, cacheFolder } from '@dgprompt/io';
 *
 * console.log(baseName(cacheFolder({ XDG_CACHE_HOME: '/tmp' }, 'linux'))); // dgprompt
 * ```
 */
export function cacheFolder(variables: Environment = environment(), system: string = platform()): string {
  if (variables.DGPROMPT_CACHE) return resolvePath(variables.DGPROMPT_CACHE);
  const caches =
    system === 'win32'
      ? variables.LOCALAPPDATA || joinPath(homeFolder(), 'AppData', 'Local')
      : variables.XDG_CACHE_HOME || joinPath(homeFolder(), '.cache');
  return joinPath(caches, 'dgprompt');
}
