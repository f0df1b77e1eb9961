import { bytesIn, fileAt, joinPath, posixPath, putFiles, readPlainFile } from '@dgprompt/io';
import { unzipSync } from 'fflate';
import { innermost } from './innermost.js';

const archiveName = /\.zip$/i;

export const isArchiveName = (path: string): boolean => archiveName.test(path);

export const nameInArchive = (path: string): string => posixPath.basename(path).replace(archiveName, '');

/** Maximum bytes of the files of an archive. */
const MOST_UNPACKED = 2 ** 31;

/** Unpacks an archive into a folder of the tab. @returns the folder with its classes or splits */
export async function unpackedFolder(archive: string): Promise<string> {
  const target = joinPath('/archives', String(fileAt(archive).version), nameInArchive(archive) || 'images');
  let unpacked = 0;
  const bytes = await readPlainFile(archive, Math.max(bytesIn(fileAt(archive)), 1));
  let files: Record<string, Uint8Array>;
  try {
    files = unzipSync(bytes, {
      filter({ name, originalSize }) {
        unpacked += originalSize;
        if (unpacked > MOST_UNPACKED) throw new Error('its files would take more than two gigabytes');
        return !name.endsWith('/');
      },
    });
  } catch (cause) {
    throw new Error(`${archive} cannot be unpacked: ${(cause as Error).message}.`, { cause });
  }
  const inside = Object.entries(files).filter(([name]) => joinPath(target, name).startsWith(`${target}/`));
  putFiles(target, Object.fromEntries(inside));
  return innermost(target);
}
