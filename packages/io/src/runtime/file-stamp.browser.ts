import type { FileStamp } from './file-stamp-type.js';
import { bytesIn, fileAt } from './tab-files.browser.js';

export type { FileStamp } from './file-stamp-type.js';

export async function fileStamp(path: string): Promise<FileStamp> {
  const file = fileAt(path);
  return { text: `${bytesIn(file)} ${file.version}`, bytes: bytesIn(file), changed: file.changed };
}
