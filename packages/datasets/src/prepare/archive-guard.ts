import { mkdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform } from 'node:stream';
import { cannotWrite, printable, bytes as shownBytes } from '@dgprompt/io';
import { freeBytes } from '../files/free-bytes.js';

/** Limits for an archive. */
export interface ArchiveLimits {
  /** Bytes of all files together; default 20 times the archive plus 128 MiB, since images hardly compress. */
  bytes?: number;
  /** Files and folders; default 3 million, more than twice ImageNet. */
  entries?: number;
}

/** What an archive, and all archives in it, may still unpack to. */
export interface ArchiveBudget {
  bytes: number;
  entries: number;
  /** The initial limits, for errors. */
  readonly limits: Required<ArchiveLimits>;
}

/** Something is wrong with the archive itself: another download may help. */
export class BadArchive extends Error {}

/** Watches the content of one archive. */
export interface ArchiveGuard {
  /**
   * The path to write an entry to; creates its folder.
   *
   * @throws a sentence for a name that leads out of the folder, a link or other special file, or too many entries
   */
  place(name: string, kind: 'file' | 'folder' | 'special'): Promise<string>;
  /** A stream that counts bytes and fails if there are too many, or if the disk is nearly full. */
  counted(): Transform;
  /** Counts bytes that are known beforehand. @throws a sentence if there are too many, for the archive or the disk */
  count(bytes: number): Promise<void>;
  /** Compares what the archive says about itself with the limits and the disk. @throws as `count` */
  expect(said: { bytes: number; entries: number }): Promise<void>;
}

/** Free space is checked each time this many bytes are written, and this many are left for others. */
const SPACE_STEP = 64e6;
const SPACE_LEFT = 64e6;

/** The budget of an archive of `size` bytes. */
export function archiveBudget(size: number, limits: ArchiveLimits = {}): ArchiveBudget {
  const { bytes = 20 * size + 128 * 2 ** 20, entries = 3_000_000 } = limits;
  return { bytes, entries, limits: { bytes, entries } };
}

/** A guard against archives that write elsewhere, contain links, or unpack to far more than they should. */
export function archiveGuard(archive: string, target: string, budget: ArchiveBudget): ArchiveGuard {
  const { limits } = budget;
  let untilLook = 0;
  const refuse = (what: string) => new BadArchive(`${archive} is not unpacked: ${what}.`);
  const tooMany = () => refuse(`it has more than ${limits.bytes} bytes, far more than a dataset of its size`);
  const tooManyEntries = () => refuse(`it has more than ${limits.entries} entries`);
  const requireSpace = async (needed: number) => {
    const free = await freeBytes(target);
    if (free !== undefined && free < needed)
      throw new Error(
        `${archive} is not unpacked any further: it needs ${shownBytes(needed)} of disk space, and ${target} has ${shownBytes(free)} left; free some space and run the command again.`,
      );
  };
  const count = async (more: number) => {
    budget.bytes -= more;
    if (budget.bytes < 0) throw tooMany();
    untilLook -= more;
    if (untilLook > 0) return;
    untilLook = SPACE_STEP;
    await requireSpace(Math.max(more, SPACE_STEP) + SPACE_LEFT);
  };
  return {
    async place(name, kind) {
      if (--budget.entries < 0) throw tooManyEntries();
      if (kind === 'special') throw refuse(`"${printable(name)}" is a link or another special file`);
      const parts = name.replaceAll('\\', '/').split('/');
      const leads = parts.includes('..') || name.startsWith('/') || name.startsWith('\\') || /^[a-z]:/i.test(name);
      if (leads || name.includes('\0')) throw refuse(`"${printable(name)}" would be written outside the folder`);
      const path = join(target, ...parts.filter(part => part !== '' && part !== '.'));
      await mkdir(kind === 'folder' ? path : dirname(path), { recursive: true }).catch(cause => {
        throw cannotWrite(printable(path), cause);
      });
      return path;
    },
    count,
    async expect({ bytes, entries }) {
      if (bytes > budget.bytes) throw tooMany();
      if (entries > budget.entries) throw tooManyEntries();
      await requireSpace(bytes + SPACE_LEFT);
    },
    counted: () =>
      new Transform({
        transform(chunk: Buffer, _, done) {
          count(chunk.length).then(() => done(null, chunk), done);
        },
      }),
  };
}
