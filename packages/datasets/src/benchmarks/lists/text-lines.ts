import { readText } from '@dgprompt/io';
import { cannotRead, requirePlainFile } from '../../files/listing.js';

/** Lines of a text file, trimmed, without empty ones. @throws Error in one sentence, if it cannot be read */
export async function readLines(file: string): Promise<string[]> {
  await requirePlainFile(file);
  const text = await readText(file).catch((cause: unknown) => {
    throw new Error(cannotRead(file, cause), { cause });
  });
  return text
    .split(/\r?\n/)
    .map(line => line.trim())
    .filter(line => line !== '');
}
