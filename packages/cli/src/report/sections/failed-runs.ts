import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { runFiles } from '@dgprompt/bench/records';

/** One line for each run of a results folder that failed and has no record. */
export async function failedRuns(results: string): Promise<string[]> {
  const folders = (await readdir(results, { withFileTypes: true })).filter(entry => entry.isDirectory());
  const lines = await Promise.all(folders.map(({ name }) => failureOf(join(results, name))));
  return lines.filter(line => line !== undefined).sort();
}

async function failureOf(folder: string): Promise<string | undefined> {
  const files = await readdir(folder);
  if (files.includes(runFiles.record) || !files.includes(runFiles.error)) return undefined;
  try {
    const { message } = JSON.parse(await readFile(join(folder, runFiles.error), 'utf8')) as { message: string };
    return `${folder} failed: ${message}`;
  } catch {
    return `${folder} failed; its error file cannot be read.`;
  }
}
