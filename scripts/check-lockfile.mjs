/**
 * package-lock.json must name the native parts for every system, not only for the one it was written on: npm omits what
 * a registry mirror lacked that day; then `npm ci` fails on newer npm, and other systems get no binary.
 */
import { readFileSync } from 'node:fs';

const { packages } = JSON.parse(readFileSync(new URL('../package-lock.json', import.meta.url), 'utf8'));

/** Whether Node, searching upwards from a package's folder, would find the dependency in the lock file. */
function isLocked(path, dependency) {
  for (let place = path; ; place = place.slice(0, Math.max(0, place.lastIndexOf('/node_modules/')))) {
    if (packages[`${place && `${place}/`}node_modules/${dependency}`]) return true;
    if (!place) return false;
  }
}

const absent = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
  Object.entries(optionalDependencies)
    .filter(([dependency]) => !isLocked(path, dependency))
    .map(
      ([dependency, version]) => `${dependency}@${version}, which ${path.replace(/^.*node_modules\//, '')} asks for`,
    ),
);
for (const sentence of absent)
  console.error(`package-lock.json lacks ${sentence}: choose a version that the registry has whole`);
process.exit(absent.length > 0 ? 1 : 0);
