import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './setup.mjs';

/**
 * The published packages.
 * @returns {{ folder: string, manifest: Record<string, any> }[]} folder: in `packages`; manifest: its package.json
 */
export const publishedPackages = () =>
  readdirSync(join(root, 'packages'))
    .map(folder => ({ folder, manifest: manifestOf(folder) }))
    .filter(({ manifest }) => !manifest.private);

/**
 * Every entry point of the published packages.
 * @returns {{ folder: string, name: string, isMain: boolean, file: string }[]} folder: in `packages`; name: the import
 *   specifier, `@dgprompt/clip/text`; file: its source
 */
export function entryPoints() {
  return publishedPackages().flatMap(({ folder, manifest }) =>
    Object.entries(manifest.exports)
      .filter(([, target]) => typeof target === 'object')
      .map(([subpath, target]) => ({
        folder,
        name: manifest.name + subpath.slice(1),
        isMain: subpath === '.',
        file: join(root, 'packages', folder, target.default.replace('./dist/', 'src/').replace(/\.js$/, '.ts')),
      })),
  );
}

/** The package.json of a folder in `packages`. */
export const manifestOf = folder => JSON.parse(readFileSync(join(root, 'packages', folder, 'package.json'), 'utf8'));
