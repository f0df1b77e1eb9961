import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { installedFor, runExample } from '../readme-examples.mjs';
import { limits } from './limits.mjs';
import { megabytes } from './megabytes.mjs';
import { checkTypes } from './types.mjs';

/**
 * Installs one package alone into an empty project, then those that its README's first example needs, and runs the
 * example.
 * @param {{ project: string, folder: string, clientName: string, client: import('./clients.mjs').Client, nodes:
 *   Record<string, string>, types: boolean }} what folder: of the package in the checkout; nodes: further ones, by name
 * @returns {Promise<{ row: Record<string, string | number | undefined>, complaints: string[] }>}
 */
export async function installAlone({ project, folder, clientName, client, nodes, types }) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const readme = join(folder, 'README.md');
  const complaints = [];
  const row = { package: manifest.name, client: clientName };
  mkdirSync(project, { recursive: true });
  await run('npm', ['init', '--yes'], { cwd: project, capture: true, env: { npm_config_local_prefix: undefined } });

  const peers = Object.keys(manifest.peerDependencies ?? {}).filter(
    peer => !manifest.peerDependenciesMeta?.[peer]?.optional,
  );
  const started = performance.now();
  const names = [manifest.name, ...(client.bringsPeers ? [] : peers)];
  const { code, output } = await client.add(project, names);
  if (code === 130) process.exit(130);
  if (code !== 0) return { row, complaints: [`does not install:\n${output.trim()}`] };
  row.seconds = Math.round((performance.now() - started) / 1000);
  row.packages = client.count(project);
  row.MB = megabytes(join(project, client.folder));
  row['at most'] = clientName === 'npm' ? limits[manifest.name] : undefined;
  if (row.MB > row['at most']) complaints.push(`takes ${row.MB} MB, more than ${row['at most']}`);
  const warnings = output.split('\n').filter(line => client.warning.test(line));
  row.warnings = warnings.length;
  for (const warning of warnings) console.log(`  ${warning.trim()}`);

  const further = installedFor(readme).filter(name => !names.includes(name));
  if (further.length > 0) {
    const added = await client.add(project, further);
    if (added.code !== 0) return { row, complaints: [...complaints, `${further} do not install:\n${added.output}`] };
  }
  const example = async (column, settings) => {
    const { failed } = await runExample({ name: manifest.name, readme, folder: project, ...settings });
    row[column] = failed > 0 ? '✗' : '✓';
    if (failed > 0) complaints.push(`the README's example fails (${column})`);
  };
  const env = client.env?.(project);
  const [esm, commonJs] = client.ways;
  await example('ESM', { ways: [esm], env });
  await example('CommonJS', { ways: [commonJs], env });
  for (const [version, node] of Object.entries(nodes)) await example(`Node ${version}`, { ways: client.ways, node });
  if (manifest.bin) await command(manifest.bin, { project, clientName, complaints });
  if (types) {
    await client.add(project, ['@types/node@20']);
    for (const [way, complaint] of Object.entries(await checkTypes(project, manifest))) {
      row[way] = complaint ? '✗' : '✓';
      if (complaint) complaints.push(`its types do not check (${way}):\n${complaint}`);
    }
  }
  return { row, complaints };
}

/** `npx dgprompt --version`, run from npm's install location. */
async function command(bin, { project, clientName, complaints }) {
  if (clientName !== 'npm') return;
  for (const name of Object.keys(bin)) {
    const { code, output } = await run('npx', ['--no-install', name, '--version'], { cwd: project, capture: true });
    console.log(`${code === 0 ? '✓' : '✗'} npx ${name} --version: ${output.trim()}`);
    if (code !== 0) complaints.push(`npx ${name} --version fails`);
  }
}
