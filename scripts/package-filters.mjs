import { existsSync } from 'node:fs';

/**
 * `engine` becomes turbo's `--filter=@dgprompt/engine`, anything else stays as it is.
 * @param {string[]} parameters of a command
 * @returns {string[]} parameters for turbo
 */
export const packageFilters = parameters =>
  parameters.map(parameter =>
    /^[a-z]+$/.test(parameter) && existsSync(new URL(`../packages/${parameter}/package.json`, import.meta.url))
      ? `--filter=@dgprompt/${parameter}`
      : parameter,
  );
