import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { decodeText } from '../decode-text.js';

/**
 * Reads a text file: UTF-8, or UTF-16 (with a byte-order mark, or plainly so). A byte-order mark is passed over.
 *
 * @throws the system's error if the file cannot be read; a sentence naming file and line if it is no text of these
 *   kinds
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
 * `readText`, at once.
 *
 * @throws as `readText`
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
