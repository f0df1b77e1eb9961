import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';

/** Limits for an archive. */
export interface ArchiveLimits {
  /** Bytes of all files together; default 20 times the archive plus 1 GiB, since images hardly compress. */
  bytes?: number;
  /** Files and folders; default 3 million, more than twice ImageNet. */
  entries?: number;
}

/** Watches the content of one archive. */
export interface ArchiveGuard {
  /**
   * The path to write an entry to; its folder is made.
   *
   * @throws a sentence for a name that leads out of the folder, a link or other special file, and too many entries
   */
  place(name: string, kind: 'file' | 'folder' | 'special'): Promise<string>;
  /** A stream that counts bytes and fails if there are too many. */
  counted(): Transform;
  /** Counts bytes that are known beforehand. @throws a sentence if there are too many */
  count(bytes: number): void;
}

/** A guard against archives that write elsewhere, contain links, or unpack to far more than they should. */
export function archiveGuard(
  archive: string,
  { target, size, limits = {} }: { target: string; size: number; limits?: ArchiveLimits },
): ArchiveGuard {
  const { bytes: mostBytes = 20 * size + 2 ** 30, entries: mostEntries = 3_000_000 } = limits;
  let bytes = 0;
  let entries = 0;
  const refuse = (what: string) => new Error(`${archive} is not unpacked: ${what}.`);
  const count = (more: number) => {
    bytes += more;
    if (bytes > mostBytes) throw refuse(`it has more than ${mostBytes} bytes, far more than a dataset of its size`);
  };
  return {
    async place(name, kind) {
      if (++entries > mostEntries) throw refuse(`it has more than ${mostEntries} entries`);
      if (kind === 'special') throw refuse(`"${name}" is a link or another special file`);
      const parts = name.replaceAll('\\', '/').split('/');
      const leads = parts.includes('..') || name.startsWith('/') || name.startsWith('\\') || /^[a-z]:/i.test(name);
      if (leads || name.includes('\0')) throw refuse(`"${name}" would be written outside the folder`);
      const path = join(target, ...parts.filter(part => part !== '' && part !== '.'));
      await mkdir(kind === 'folder' ? path : dirname(path), { recursive: true });
      return path;
    },
    count,
    counted: () =>
      new Transform({
        transform(chunk: Buffer, _, done) {
          try {
            count(chunk.length);
            done(null, chunk);
          } catch (error) {
            done(error as Error);
          }
        },
      }),
  };
}
