import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decodeText } from '../decode-text.js';

/**
 * Reads a text file: UTF-8, or UTF-16 (with a byte-order mark, or recognisable without). Skips the byte-order mark.
 *
 * @throws the system's error if the file cannot be read; one sentence naming file and line if its encoding is another
 *
 * @example
 * ```ts
 * import { readText } from '@dgprompt/io';
 *
 * console.log(await readText('no-such-file').catch(error => error.code)); // ENOENT
 * ```
 */
export const readText = async (path: string): Promise<string> => decodeText(await readFile(path), path);

/**
 * Synchronous `readText`.
 *
 * @throws what `readText` throws
 *
 * @example
 * ```ts
 * import { mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { joinPath, readTextSync } from '@dgprompt/io';
 *
 * const file = joinPath(mkdtempSync(joinPath(tmpdir(), 'x-')), 'note.txt');
 * writeFileSync(file, '\ufeffwords');
 * console.log(readTextSync(file)); // words
 * ```
 */
export const readTextSync = (path: string): string => decodeText(readFileSync(path), path);
