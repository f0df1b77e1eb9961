import { resolve } from 'node:path';
import { nameWithFullPath } from './methods/names.js';
import { isFile } from './methods/own-module.js';
import { type BenchSettings, recommended } from './settings.js';

/** The same settings with absolute paths, for a process with another working directory. */
export function withFullPaths(settings: BenchSettings): BenchSettings {
  const full = (path: string | undefined) => path && resolve(path);
  const { suite, model, protocol, methods } = settings;
  const own = suite.startsWith('folder:')
    ? `folder:${resolve(suite.slice(7))}`
    : /[\\/]/.test(suite)
      ? resolve(suite)
      : suite;
  const fullIfFile = (name: string) => (isFile(name) ? resolve(name) : name);
  return {
    ...settings,
    ...{ suite: own, protocol: fullIfFile(protocol), methods: methods?.map(nameWithFullPath) },
    ...{
      root: full(settings.root),
      settings: settings.settings === recommended ? recommended : full(settings.settings),
      cache: full(settings.cache),
      descriptions: full(settings.descriptions),
    },
    model: model && (isFile(model) ? resolve(model) : model),
    modelConfig: full(settings.modelConfig),
    results: resolve(settings.results),
  };
}
