import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';

const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');

/** Ways of resolving modules: in Node from ES modules and from CommonJS, and with a bundler. */
const ways = {
  nodenext: { compilerOptions: { module: 'nodenext' }, include: ['all.mts', 'all.cts'] },
  bundler: { compilerOptions: { module: 'esnext', moduleResolution: 'bundler' }, include: ['all.ts'] },
};

/**
 * Checks the types of every entry point of an installed package, with all referenced types.
 * @param {string} project
 * @param {{ name: string, exports: Record<string, unknown> }} manifest of the package
 * @returns {Promise<Record<string, string | undefined>>} by way, TypeScript's complaints
 */
export async function checkTypes(project, { name, exports }) {
  const folder = join(project, 'types');
  mkdirSync(folder, { recursive: true });
  const entries = Object.keys(exports).filter(key => exports[key].types);
  const lines = entries.map((key, i) => `import * as entry${i} from '${name}${key.slice(1)}';`);
  const program = [...lines, `console.log(${entries.map((_, i) => `entry${i}`).join(', ')});`].join('\n');
  for (const file of ['all.ts', 'all.mts', 'all.cts']) writeFileSync(join(folder, file), program);
  const complaints = {};
  for (const [way, { compilerOptions, include }] of Object.entries(ways)) {
    const config = join(folder, `${way}.json`);
    const strict = { strict: true, skipLibCheck: false, noEmit: true, target: 'es2022' };
    writeFileSync(config, JSON.stringify({ compilerOptions: { ...strict, ...compilerOptions }, include }));
    const { code, output } = await run(process.execPath, [tsc, '-p', config], { cwd: folder, capture: true });
    complaints[way] = code === 0 ? undefined : output.trim();
  }
  return complaints;
}
