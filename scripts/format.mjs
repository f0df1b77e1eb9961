/** `npm run format`: fixes formatting and rewrites the API listings. `npm run api`: only the listings. */
import { join } from 'node:path';
import { run } from './processes.mjs';
import { install, requireNode, root } from './setup.mjs';

requireNode();
await install();
const node = (...parameters) => run(process.execPath, parameters, { cwd: root });
const biome = join(root, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
const formatted = process.argv[2] === 'api' ? { code: 0 } : await node(biome, 'check', '--write', '.');
const listed = await node(join(root, 'scripts', 'api-listing.mjs'));
process.exit(formatted.code || listed.code);
