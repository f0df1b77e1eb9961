import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '@dgprompt/bench/records';
import { parseJson, readPlainFile } from '@dgprompt/io';

/** One line for each failed run of a results folder that has no record. */
export async function failedRuns(results: string): Promise<string[]> {
  const folders = (await readdir(results, { withFileTypes: true })).filter(entry => entry.isDirectory());
  const lines = await Promise.all(folders.map(({ name }) => failureOf(join(results, name))));
  return lines.filter(line => line !== undefined).sort();
}

async function failureOf(folder: string): Promise<string | undefined> {
  const files: string[] = await readdir(folder).catch(() => []);
  if (files.includes(runFiles.record) || !files.includes(runFiles.error)) return undefined;
  try {
    const bytes = await readPlainFile(join(folder, runFiles.error), 2 ** 24);
    const { message } = parseJson(new TextDecoder().decode(bytes)) as { message?: unknown };
    if (typeof message !== 'string') throw new Error('it has no message');
    return `${folder} failed: ${message}`;
  } catch {
    return `${folder} failed; its error file cannot be read.`;
  }
}
