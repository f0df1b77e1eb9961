import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { readPlainFile, writeFileAtomic } from '@dgprompt/io';

/** File of a results folder with finished runs: one `{ name, text }` per line, a run's folder and its record. */
export const archiveFile = 'records.jsonl.gz';

/**
 * Writes records into a results folder's archive, replacing an earlier one.
 * @param records text of each `record.json`, by the name of its run's folder
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { readRecords } from '@dgprompt/bench';
 * import { writeArchive } from '@dgprompt/bench/records';
 *
 * const results = mkdtempSync(join(tmpdir(), 'x-'));
 * await writeArchive(results, new Map());
 * console.log(await readRecords(results)); // { records: [], damaged: [] }
 * ```
 */
export async function writeArchive(results: string, records: ReadonlyMap<string, string>): Promise<void> {
  const lines = [...records].sort(([a], [b]) => (a < b ? -1 : 1)).map(([name, text]) => JSON.stringify({ name, text }));
  await writeFileAtomic(join(results, archiveFile), await promisify(gzip)(`${lines.join('\n')}\n`, { level: 9 }));
}

/**
 * The records in a results folder's archive: text of each `record.json`, by the name of its run's folder. Empty without
 * an archive. An invalid line is named by its number.
 * @throws one sentence naming the archive if it is damaged
 */
export async function readArchive(results: string): Promise<ReadonlyMap<string, string>> {
  const path = join(results, archiveFile);
  const found = await stat(path).catch(() => undefined);
  if (!found) return new Map();
  const version = `${found.mtimeMs} ${found.size}`;
  const kept = opened.get(path);
  if (kept?.version === version) return kept.records;
  const records = await parse(path);
  opened.set(path, { version, records });
  return records;
}

const opened = new Map<string, { version: string; records: ReadonlyMap<string, string> }>();

async function parse(path: string): Promise<ReadonlyMap<string, string>> {
  try {
    const bytes = await promisify(gunzip)(await readPlainFile(path), { maxOutputLength: mostBytes });
    const lines = bytes.toString('utf8').split('\n');
    return new Map(lines.flatMap((line, i) => (line === '' ? [] : [entryOf(line, i + 1)])));
  } catch (cause) {
    throw new Error(`${path} is damaged (${(cause as Error).message}); restore it, or delete it.`, { cause });
  }
}

/** Most bytes of an archive's lines, which become a single string. */
const mostBytes = 2 ** 29 - 2 ** 20;

/** A run's folder and record. The name must be that of a folder next to the archive, not a path. */
function entryOf(line: string, number: number): readonly [string, string] {
  try {
    const { name, text } = JSON.parse(line) as { name?: unknown; text?: unknown };
    if (typeof name === 'string' && typeof text === 'string' && /^(?!\.)[^\\/\0]+$/.test(name)) return [name, text];
  } catch {} // named by its line number
  return [`${archiveFile}, line ${number}`, ''];
}
