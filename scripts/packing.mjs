import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { publishedPackages } from './entry-points.mjs';
import { run } from './processes.mjs';
import { root } from './setup.mjs';

const mebibyte = 2 ** 20;
/** Allowed in a tarball in addition to dist; a package that ships more (weights, notices) lists it in `files`. */
const always = ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md'];
const needed = ['package.json', 'README.md', 'LICENSE', 'dist/index.js', 'dist/index.d.ts'];
const junk =
  /(^|\/)(\.[^/]+|node_modules|src|__tests__|coverage|golden|test-results)(\/|$)|\.(test|spec)\.|\.(map|tsbuildinfo|log|tgz)$|config\.(ts|js|cjs|mjs)$/;

/**
 * Packs every published package as `npm publish` would.
 * @param {string} destination folder for the tarballs
 * @returns {Promise<Array<{ name: string, folder: string, tarball: string, files: string[], size: number, manifest:
 *   object }>>}
 */
export async function packAll(destination) {
  const published = publishedPackages();
  const { code, stdout, output } = await run(
    'npm',
    [
      'pack',
      ...published.flatMap(({ manifest }) => ['--workspace', manifest.name]),
      '--json',
      '--ignore-scripts',
      '--pack-destination',
      destination,
    ],
    { cwd: root, capture: true },
  );
  if (code !== 0) throw new Error(`npm pack failed:\n${output}`);
  const answer = JSON.parse(stdout);
  return Object.values(answer).map(({ name, filename, files, size }) => {
    const { folder, manifest } = published.find(one => one.manifest.name === name);
    const tarball = join(destination, filename.replace('@', '').replace('/', '-'));
    return {
      name,
      folder: join(root, 'packages', folder),
      tarball,
      files: files.map(file => file.path),
      size,
      manifest,
    };
  });
}

/**
 * Problems with the contents of a tarball.
 * @returns {string[]} sentences, empty if there are none
 */
export function contentComplaints({ name, files, size, manifest }) {
  const listed = (manifest.files ?? []).map(entry => entry.replace(/^\.\//, '').replace(/\/$/, ''));
  const wanted = file => always.includes(file) || listed.some(entry => file === entry || file.startsWith(`${entry}/`));
  const bins = Object.values(manifest.bin ?? {}).map(file => file.replace(/^\.\//, ''));
  const limit = name === '@dgprompt/pictograms' ? 48 : 1;
  return [
    ...files.filter(file => junk.test(file)).map(file => `${name} packs ${file}, which no user needs`),
    ...files.filter(file => !wanted(file)).map(file => `${name} packs ${file}, which its "files" does not list`),
    ...[...needed, ...bins].filter(file => !files.includes(file)).map(file => `${name} packs no ${file}`),
    ...(size > limit * mebibyte ? [`${name} is ${(size / mebibyte).toFixed(1)} MiB packed, more than ${limit}`] : []),
    ...(manifest.private ? [`${name} is private`] : []),
  ];
}

/**
 * Installs all tarballs together, with their peers, into an empty project.
 * @param {string} project folder
 * @param {Awaited<ReturnType<typeof packAll>>} packed
 */
export async function installAll(project, packed) {
  mkdirSync(project, { recursive: true });
  const dependencies = Object.fromEntries(packed.map(({ name, tarball }) => [name, `file:${tarball}`]));
  writeFileSync(join(project, 'package.json'), JSON.stringify({ private: true, dependencies }));
  const parameters = ['install', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const { code, output } = await run('npm', parameters, {
    cwd: project,
    capture: true,
    env: { npm_config_local_prefix: undefined },
  });
  if (code !== 0) throw new Error(`npm could not install the packed packages into an empty project:\n${output}`);
}

/**
 * Makes a project that sees only some packages and what they declare: links into the project where all are installed,
 * along the declared dependencies. Programs in it must run with `--preserve-symlinks`.
 * @param {string} project the project with everything
 * @param {string} alone folder to make
 * @param {string[]} names the packages
 * @returns {string[]} names of the linked packages
 */
export function linkAlone(project, alone, names) {
  const modules = join(project, 'node_modules');
  const linked = new Set();
  const link = dependency => {
    if (linked.has(dependency)) return;
    linked.add(dependency);
    const target = join(alone, 'node_modules', ...dependency.split('/'));
    mkdirSync(dirname(target), { recursive: true });
    symlinkSync(join(modules, ...dependency.split('/')), target, 'junction');
    visit(join(modules, ...dependency.split('/')));
  };
  const visit = folder => {
    for (const dependency of declared(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')))) {
      const found = resolveFrom(folder, dependency, modules);
      if (found === join(modules, ...dependency.split('/'))) link(dependency);
      // A nested one is inside its linked parent, but its own dependencies may be further up.
      else if (found) visit(found);
    }
  };
  for (const name of names) link(name);
  return [...linked];
}

function declared({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }) {
  const peers = Object.keys(peerDependencies ?? {}).filter(peer => !peerDependenciesMeta?.[peer]?.optional);
  return [...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers];
}

/** Node's own resolution, up to the project's node_modules. */
function resolveFrom(folder, dependency, modules) {
  for (let place = folder; ; place = dirname(place)) {
    const candidate = join(place, 'node_modules', ...dependency.split('/'));
    if (isPackage(candidate)) return candidate;
    if (!place.startsWith(modules + sep)) {
      const top = join(modules, ...dependency.split('/'));
      return isPackage(top) ? top : undefined;
    }
  }
}

function isPackage(folder) {
  try {
    readFileSync(join(folder, 'package.json'));
    return true;
  } catch {
    return false;
  }
}
