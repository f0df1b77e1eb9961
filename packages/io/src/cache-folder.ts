import { homedir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * The folder that things made once are kept in: `DGPROMPT_CACHE` where it is set, else `dgprompt` in the user's cache folder
 * (`LOCALAPPDATA` on Windows, `XDG_CACHE_HOME` or `~/.cache` elsewhere).
 */
export function cacheFolder(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
): string {
  if (env.DGPROMPT_CACHE) return resolve(env.DGPROMPT_CACHE);
  const users =
    platform === 'win32'
      ? (env.LOCALAPPDATA ?? join(homedir(), 'AppData', 'Local'))
      : (env.XDG_CACHE_HOME ?? join(homedir(), '.cache'));
  return join(users, 'dgprompt');
}
