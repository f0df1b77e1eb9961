/**
 * `npm run rehearse-release [-- options]`: publishes every package to a registry on this machine, as the release
 * workflow does, installs each one alone from it into an empty project, and runs its README's first example. Prints a
 * table; exits with code 1 if something fails or a package exceeds its size limit. `-- --help` lists the options.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { publishedPackages } from './entry-points.mjs';
import { markdownTable } from './markdown-table.mjs';
import { otherNode } from './other-node.mjs';
import { installAlone } from './rehearse-release/alone.mjs';
import { makeClients } from './rehearse-release/clients.mjs';
import { readOptions } from './rehearse-release/options.mjs';
import { publishCopy } from './rehearse-release/publish.mjs';
import { startRegistry } from './rehearse-release/registry.mjs';
import { installTools } from './rehearse-release/tools.mjs';
import { install, requireNode, root, turbo } from './setup.mjs';
import { summaryLine } from './summary.mjs';

const options = readOptions();
requireNode();
await install();
const built = options.build ? await turbo(['build', 'sheets'], ['--filter=./packages/*']) : 0;
if (built !== 0) process.exit(built);

const work = realpathSync(mkdtempSync(join(tmpdir(), 'dgprompt-release-')));
let registry;
process.on('exit', () => {
  registry?.stop();
  if (options.keep) console.log(`Kept: ${work}`);
  else rmSync(work, { recursive: true, force: true, maxRetries: 3 });
});

console.log('Installing a registry and the package managers into a temporary folder …');
const tools = await installTools(join(work, 'tools'));
registry = await startRegistry(join(work, 'registry'), tools.verdaccio);
console.log(`Versioning and publishing a copy of this checkout to ${registry.url} …`);
await publishCopy(join(work, 'tree'), registry);

const clients = makeClients(registry, tools, join(work, 'caches'));
const nodes = {};
for (const version of options.clients.includes('npm') ? options.nodes : []) {
  const { node, reason } = await otherNode(version);
  if (node) nodes[version] = node;
  else console.log(`Not run on Node ${version}: ${reason}`);
}

const rows = [];
let failed = 0;
for (const { folder } of publishedPackages().filter(one => options.packages?.includes(one.folder) ?? true)) {
  for (const clientName of options.clients) {
    console.log(`\n── ${folder}, installed alone by ${clientName}`);
    const project = join(work, 'projects', `${folder}-${clientName}`);
    const { row, complaints } = await installAlone({
      project,
      folder: join(root, 'packages', folder),
      clientName,
      client: clients[clientName],
      nodes: clientName === 'npm' ? nodes : {},
      types: options.types && clientName === 'npm',
    });
    console.log(
      Object.entries(row)
        .filter(([, value]) => value !== undefined)
        .map(([column, value]) => `${column} ${value}`)
        .join(', '),
    );
    for (const complaint of complaints) console.log(`✗ ${row.package} with ${clientName} ${complaint}`);
    if (complaints.length > 0) failed++;
    rows.push(row);
    rmSync(project, { recursive: true, force: true, maxRetries: 3 });
  }
}

const columns = [...new Set(rows.flatMap(row => Object.keys(row)))];
const cells = rows.map(row => columns.map(column => row[column]));
console.log(`\n${markdownTable(columns, cells)}\n`);
const skipped = options.clients.includes('npm') ? options.nodes.length - Object.keys(nodes).length : 0;
console.log(summaryLine({ passed: rows.length - failed, failed, skipped }));
process.exit(failed > 0 ? 1 : 0);
