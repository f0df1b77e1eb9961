import { readText } from '@dgprompt/io';

/**
 * Reads hand-written prompts from a text file, one per line; empty lines are skipped.
 * @throws a sentence that names the file, and the line without a placeholder for the class name
 */
export async function readTemplates(file: string): Promise<string[]> {
  const text = await readText(file).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code === undefined) throw cause;
    throw new Error(`--templates ${file} cannot be read: ${cause.code ?? cause.message}.`, { cause });
  });
  const templates = text.split(/\r?\n/).map(line => line.trim());
  templates.forEach((line, i) => {
    if (line !== '' && !line.includes('{}'))
      throw new Error(`${file}, line ${i + 1}: "${line}" has no {} for the class name.`);
  });
  const filled = templates.filter(line => line !== '');
  if (filled.length === 0) throw new Error(`${file} has no templates; write one per line, such as "a photo of a {}."`);
  return filled;
}
