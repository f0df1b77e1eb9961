import { createReadStream, createWriteStream } from 'node:fs';
import { lstat, open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import * as zlib from 'node:zlib';
import { cannotWrite, checkZip, errorCode, printable } from '@dgprompt/io';
import { createExtractorFromFile } from 'node-unrar-js';
import { extract } from 'tar-stream';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { filesBelow } from '../files/listing.js';
import {
  type ArchiveBudget,
  type ArchiveGuard,
  type ArchiveLimits,
  archiveBudget,
  archiveGuard,
  BadArchive,
} from './archive-guard.js';

/** Kinds of archives, by their first bytes. */
export type ArchiveKind = 'zip' | 'gzip' | 'tar' | 'rar';

/** The kind of an archive by its content; undefined for other files. */
export async function archiveKind(file: string): Promise<ArchiveKind | undefined> {
  const handle = await open(file);
  try {
    const { buffer } = await handle.read(Buffer.alloc(262), 0, 262, 0);
    if (buffer.readUInt32LE(0) === 0x04034b50 || buffer.readUInt32LE(0) === 0x06054b50) return 'zip';
    if (buffer[0] === 0x1f && buffer[1] === 0x8b) return 'gzip';
    if (buffer.toString('latin1', 0, 6) === 'Rar!\x1a\x07') return 'rar';
    if (buffer.toString('latin1', 257, 262) === 'ustar') return 'tar';
    return undefined;
  } finally {
    await handle.close();
  }
}

/** How to unpack an archive. */
export interface UnpackOptions {
  limits?: ArchiveLimits;
  /** That of the enclosing archive: nested archives share one budget. */
  budget?: ArchiveBudget;
  signal?: AbortSignal;
  /** Called for each entry. */
  onEntry?(name: string): void;
}

/**
 * Unpacks a zip, tar, tar.gz or rar archive into a folder. Rejects names that lead elsewhere, links and archive bombs.
 *
 * @throws a `BadArchive` with a sentence naming the archive if it is rejected, damaged, or of an unknown kind; another
 *   error if the disk fails; the signal's reason when aborted
 */
export async function unpack(file: string, target: string, options: UnpackOptions = {}): Promise<void> {
  const kind = await archiveKind(file);
  if (kind === undefined) throw new BadArchive(`${file} is not a zip, tar, tar.gz or rar archive.`);
  const { size } = await stat(file);
  const guard = archiveGuard(file, target, options.budget ?? archiveBudget(size, options.limits));
  try {
    if (kind === 'zip') await unpackZip(file, guard, options);
    else if (kind === 'rar') await unpackRar(file, target, guard, options);
    else await unpackTar(file, kind === 'gzip', guard, options);
  } catch (cause) {
    options.signal?.throwIfAborted();
    if (cause instanceof BadArchive || (cause as Error).message.startsWith(file)) throw cause;
    if (DISK.has(errorCode(cause) ?? '')) throw cannotWrite(target, cause);
    const message = (cause as Error).message.split('\n')[0]!.replace(/\.$/, '');
    const outside = /^(?:absolute path|invalid relative path|invalid characters in fileName): (.*)$/s.exec(
      (cause as Error).message,
    )?.[1];
    throw new BadArchive(
      outside
        ? `${file} is not unpacked: "${printable(outside)}" would be written outside the folder.`
        : `${file} is damaged (${printable(message)}); download it again.`,
      { cause },
    );
  }
}

/** System error codes that are not the archive's fault. */
const DISK = new Set([
  'ENOSPC',
  'EDQUOT',
  'EROFS',
  'EACCES',
  'EPERM',
  'EMFILE',
  'ENFILE',
  'EIO',
  'ENAMETOOLONG',
  'EFBIG',
]);

async function unpackTar(file: string, zipped: boolean, guard: ArchiveGuard, options: UnpackOptions): Promise<void> {
  const { signal, onEntry } = options;
  const entries = extract();
  const source = createReadStream(file);
  const broken = new AbortController(); // an entry would wait for the rest of a truncated file
  const stop = signal ? AbortSignal.any([signal, broken.signal]) : broken.signal;
  const reading = zipped
    ? pipeline(source, zlib.createGunzip(), entries, { signal })
    : pipeline(source, entries, { signal });
  reading.catch((cause: unknown) => broken.abort(cause));
  let count = 0;
  try {
    for await (const entry of entries) {
      const { name, type } = entry.header;
      const isFile = type === 'file' || type === 'contiguous-file';
      const path = await guard.place(name, type === 'directory' ? 'folder' : isFile ? 'file' : 'special');
      onEntry?.(name);
      count++;
      if (isFile) await pipeline(entry, guard.counted(), createWriteStream(path), { signal: stop });
      else entry.resume();
    }
  } catch (error) {
    const refused = (error as Error).message.startsWith(file); // the refusal also ends the reading
    throw broken.signal.aborted && !refused && !DISK.has(errorCode(error) ?? '') ? broken.signal.reason : error;
  }
  await reading;
  if (count === 0) throw new Error('it is empty');
}

async function unpackZip(file: string, guard: ArchiveGuard, { signal, onEntry }: UnpackOptions): Promise<void> {
  const { entries, unpacked } = checkZip(file);
  await guard.expect({ entries, bytes: unpacked });
  const zip = await openPromise(file, { autoClose: false, strictFileNames: false });
  try {
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      const isFolder = entry.fileName.endsWith('/');
      const mode = (entry.externalFileAttributes >>> 16) & 0o170000; // zero if it was not made on Unix
      const isLink = mode !== 0 && mode !== 0o100000 && mode !== 0o040000;
      const path = await guard.place(entry.fileName, isLink ? 'special' : isFolder ? 'folder' : 'file');
      onEntry?.(entry.fileName);
      if (!isFolder) await unzipFile(zip, entry, path, guard, signal);
    }
  } finally {
    zip.close();
  }
}

async function unzipFile(
  zip: ZipFile,
  entry: Entry,
  path: string,
  guard: ArchiveGuard,
  signal: AbortSignal | undefined,
): Promise<void> {
  let sum = 0;
  const check = new Transform({
    transform(chunk: Buffer, _, done) {
      sum = zlib.crc32(chunk, sum);
      done(null, chunk);
    },
  });
  await pipeline(await zip.openReadStreamPromise(entry), guard.counted(), check, createWriteStream(path), { signal });
  if (sum !== entry.crc32) throw new Error(`the checksum of "${printable(entry.fileName)}" is wrong`);
}

async function unpackRar(file: string, target: string, guard: ArchiveGuard, options: UnpackOptions): Promise<void> {
  const { signal, onEntry } = options;
  const list = await createExtractorFromFile({ filepath: file });
  const said = { entries: 0, bytes: 0 };
  for (const { unpSize } of list.getFileList().fileHeaders) {
    said.entries++;
    said.bytes += Math.max(0, unpSize);
  }
  await guard.expect(said);
  for (const { name, flags, unpSize } of list.getFileList().fileHeaders) {
    signal?.throwIfAborted();
    await guard.place(name, flags.directory ? 'folder' : 'file');
    await guard.count(Math.max(0, unpSize));
  }
  const extractor = await createExtractorFromFile({ filepath: file, targetPath: target });
  for (const { fileHeader } of extractor.extract().files) {
    signal?.throwIfAborted();
    onEntry?.(fileHeader.name);
  }
  for (const path of await filesBelow(target)) {
    if (!(await lstat(path)).isFile()) {
      throw new BadArchive(
        `${file} is not unpacked: "${printable(basename(path))}" is a link or another special file.`,
      );
    }
  }
}
