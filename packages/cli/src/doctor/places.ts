import { access, constants, readdir, stat, statfs } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { hubSettings } from '@dgprompt/clip/hub';
import { cacheFolder } from '@dgprompt/io';
import { type FolderSize, folderSize } from './folder-size.js';

/** A folder that commands write to. */
export interface Place extends FolderSize {
  name: string;
  path: string;
  /** Whether it exists. */
  exists: boolean;
  /** Free bytes on its disk, if the system reports them. */
  free?: number;
  /** Whether it is writable or can be created. */
  writable: boolean;
}

/** Time limit in milliseconds for adding up folders: those of models and decoded images may be large. */
const patience = 2000;

/** The folders of results, caches, decoded images (if any), and models. */
export async function placesHere({ results, cache }: { results: string; cache?: string }): Promise<Place[]> {
  const own = cacheFolder();
  const kinds = await readdir(own, { withFileTypes: true }).catch(() => []);
  const made = kinds.filter(kind => kind.isDirectory()).map(({ name }) => [`cache: ${name}`, join(own, name)] as const);
  const deadline = performance.now() + patience;
  const places = [
    ['results', results] as const,
    ...(made.length > 0 ? made : [['cache', own] as const]),
    ...(cache === undefined ? [] : [['cache: images', cache] as const]),
    ['models', hubSettings().cache] as const,
  ];
  return Promise.all(places.map(([name, path]) => lookAt(name, resolve(path), deadline)));
}

async function lookAt(name: string, path: string, deadline: number): Promise<Place> {
  const nearest = await nearestFolder(path);
  const size = await folderSize(path, deadline);
  const free = await statfs(nearest).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => undefined,
  );
  const writable = await Promise.all([readdir(nearest), access(nearest, constants.W_OK)]).then(
    () => true,
    () => false, // not a folder, or no permission
  );
  return { name, path, exists: nearest === path, ...size, free, writable };
}

/** The folder itself, or its nearest existing ancestor. */
async function nearestFolder(path: string): Promise<string> {
  const there = await stat(path).then(
    () => true,
    () => false,
  );
  return there || dirname(path) === path ? path : nearestFolder(dirname(path));
}
