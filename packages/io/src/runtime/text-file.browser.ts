import { decodeText } from '../decode-text.js';
import { openFile } from './open-file.browser.js';
import { bytesOf } from './tab-files.browser.js';

export const readText = async (path: string): Promise<string> => decodeText(await bytesOf(path), path);

export function readTextSync(path: string): string {
  const file = openFile(path);
  return decodeText(file.read(0, file.size), path);
}
