import { stat } from 'node:fs/promises';
import type { FileStamp } from './file-stamp-type.js';

export type { FileStamp } from './file-stamp-type.js';

/** @throws the system's error; one sentence naming a path that is not a plain file */
export async function fileStamp(path: string): Promise<FileStamp> {
  const found = await stat(path, { bigint: true });
  if (!found.isFile()) throw new Error(`${path} is not a file.`);
  const { size, mtimeNs, ctimeNs, ino } = found;
  const changed = Math.max(Number(ctimeNs), Number(mtimeNs) > Date.now() * 1e6 ? 0 : Number(mtimeNs));
  return { text: `${size} ${mtimeNs} ${ctimeNs} ${ino}`, bytes: Number(size), changed: changed / 1e6 };
}
