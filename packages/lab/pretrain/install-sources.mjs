/** Installs the icon sets for pretraining next to their lockfile: 180 MB that nothing else in the repository needs. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('sources/', import.meta.url));
const versions = file => {
  const { packages } = JSON.parse(readFileSync(`${folder}${file}`, 'utf8'));
  return Object.entries(packages).flatMap(([path, { version }]) => (path ? [`${path} ${version}`] : []));
};
const record = 'node_modules/.package-lock.json';
const isInstalled = () =>
  existsSync(`${folder}${record}`) && String(versions('package-lock.json')) === String(versions(record));

if (!isInstalled()) {
  console.log(`Installing the icon sets of pretraining: npm ci in ${folder}`);
  const npm = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { status } = spawnSync('npm', npm, { cwd: folder, stdio: 'inherit', shell: process.platform === 'win32' });
  process.exit(status ?? 1);
}
