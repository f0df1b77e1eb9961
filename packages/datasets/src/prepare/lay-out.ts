import { lstat, mkdir, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { writeFileAtomic } from '@dgprompt/io';
import { filesBelow, folderNames } from '../files/listing.js';
import { archiveBudget, BadArchive } from './archive-guard.js';
import { archiveKind, type UnpackOptions, unpack } from './unpack.js';

/** The maximum depth of a dataset in an archive. */
const deepest = 4;

/**
 * Unpacks an archive into a dataset's folder: the content of the archive's folder with one of `holds`, at any depth, is
 * moved to the dataset's folder. Archives in the archive are unpacked if nothing is found otherwise. Nothing is moved
 * before everything is unpacked.
 *
 * @throws a sentence naming the archive if none of `holds` is in it, or like `unpack`
 */
export async function layOut(
  archive: string,
  folder: string,
  holds: readonly string[],
  options: UnpackOptions = {},
): Promise<void> {
  const staging = join(folder, '.unpacking');
  await rm(staging, { recursive: true, force: true });
  const budget = archiveBudget((await stat(archive)).size, options.limits); // one for all archives in it
  try {
    await unpack(archive, staging, { ...options, budget });
    let found = await findBeside(staging, holds);
    if (!found) {
      await unpackInner(staging, { ...options, budget });
      found = await findBeside(staging, holds);
    }
    if (!found) {
      throw new BadArchive(`${archive} contains none of ${holds.join(', ')}; is it the archive of another dataset?`);
    }
    await merge(found, folder);
  } finally {
    await rm(staging, { recursive: true, force: true });
  }
}

/** The folder that holds most of some names, level by level. */
async function findBeside(from: string, holds: readonly string[]): Promise<string | undefined> {
  let level = [from];
  for (let depth = 0; depth <= deepest && level.length > 0; depth++) {
    const counts = await Promise.all(level.map(folder => countOf(folder, holds)));
    const most = Math.max(...counts);
    if (most > 0) return level[counts.indexOf(most)];
    const next = await Promise.all(
      level.map(async folder => (await folderNames(folder)).map(name => join(folder, name))),
    );
    level = next.flat().slice(0, 1000);
  }
  return undefined;
}

const countOf = async (folder: string, holds: readonly string[]): Promise<number> => {
  const names = await readdir(folder);
  return holds.filter(name => names.includes(name)).length;
};

/** Unpacks the archives in a folder, each next to itself. */
async function unpackInner(folder: string, options: UnpackOptions): Promise<void> {
  for (const path of await filesBelow(folder)) {
    const isArchive = /\.(zip|tar|tgz|gz|rar)$/i.test(path) && !basename(path).startsWith('.');
    if (!isArchive || path.includes('__MACOSX') || (await archiveKind(path)) === undefined) continue;
    await unpack(path, dirname(path), options);
    await rm(path);
  }
}

/**
 * Moves everything in a folder to another one, and replaces files.
 *
 * @throws a sentence naming a folder in the place of a file, or a file in that of a folder: perhaps the user's own
 */
async function merge(from: string, to: string): Promise<void> {
  for (const name of await readdir(from)) {
    if (name === '__MACOSX' || name === '.DS_Store' || name.startsWith('._')) continue;
    const source = join(from, name);
    const target = join(to, name);
    const there = await lstat(target).catch(() => undefined);
    if (there?.isDirectory() && (await lstat(source)).isDirectory()) {
      await merge(source, target);
    } else {
      if (there && there.isDirectory() !== (await lstat(source)).isDirectory())
        throw new Error(`${target} is in the way of the dataset's own; move it elsewhere and run the command again.`);
      await rename(source, target);
    }
  }
}

/** Copies a single file (a list, a split file) into a dataset's folder. */
export async function putFile(file: string, folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(join(folder, basename(file)), await readFile(file));
}
