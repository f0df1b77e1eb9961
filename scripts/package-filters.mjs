import { readdirSync } from 'node:fs';

const packages = ['../packages', '../apps'].flatMap(folder => readdirSync(new URL(folder, import.meta.url)));

/**
 * `engine` becomes turbo's `--filter=@dgprompt/engine`, an option is unchanged. A word that is not a package ends the
 * process.
 * @param {string[]} parameters of a command
 * @returns {string[]} parameters for turbo
 */
export function packageFilters(parameters) {
  const unknown = parameters.find(parameter => /^[a-z]+$/.test(parameter) && !packages.includes(parameter));
  if (unknown) {
    console.error(`There is no package '${unknown}'. Packages: ${packages.join(', ')}.`);
    process.exit(2);
  }
  return parameters.map(parameter =>
    packages.includes(parameter)
      ? `--filter=${parameter === 'cli' ? 'dgprompt' : `@dgprompt/${parameter}`}`
      : parameter,
  );
}
