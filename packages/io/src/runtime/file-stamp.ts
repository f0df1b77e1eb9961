import { stat } from 'node:fs/promises';

/** What changes with a file, and when it last did. */
export interface FileStamp {
  /** Size, modification and change time in nanoseconds, and inode. */
  text: string;
  bytes: number;
  /** Milliseconds since 1970. */
  changed: number;
}

/** @throws the system's error; a sentence naming what is no plain file */
export async function fileStamp(path: string): Promise<FileStamp> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new Error(`${path} is not a file.`);
  const { size, mtimeNs, ctimeNs, ino } = found;
  const changed = Math.max(Number(ctimeNs), Number(mtimeNs) > Date.now() * 1e6 ? 0 : Number(mtimeNs));
  return { text: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, bytes: Number(size), changed: changed / 1e6 };
}
