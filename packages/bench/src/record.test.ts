import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findRecord, readRecords, writeRecord } from './record.js';
import { recordName } from './run-config.js';
import { sampleRecord } from './sample-record.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-records-'));
const record = sampleRecord({}, 41.234567891, 40);

test('what is written reads back the same, alone in its folder', async () => {
  const folder = join(await newFolder(), 'deep', 'results');
  const file = await writeRecord(folder, record);
  expect(file).toBe(join(folder, recordName(record.config)));
  expect(await readRecords(folder)).toEqual({ records: [record], damaged: [] });
  expect(await findRecord(folder, record.config)).toEqual(record);
  expect(await readdir(folder)).toHaveLength(1);
});

test('only a record of exactly this config counts as done', async () => {
  const folder = await newFolder();
  await writeRecord(folder, record);
  expect(await findRecord(folder, { ...record.config, seed: 2 })).toBeUndefined();
  const impostor = join(folder, recordName({ ...record.config, seed: 2 }));
  await writeFile(impostor, JSON.stringify(record));
  expect(await findRecord(folder, { ...record.config, seed: 2 })).toBeUndefined();
});

test('damaged and foreign files are named and count as not done', async () => {
  const folder = await newFolder();
  const file = await writeRecord(folder, record);
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.slice(0, 100));
  await writeFile(join(folder, 'package.json'), '{"name": "x"}');
  expect(await findRecord(folder, record.config)).toBeUndefined();
  expect(await readRecords(folder)).toEqual({ records: [], damaged: [recordName(record.config), 'package.json'] });
});

test('a folder that is not there holds no records', async () => {
  expect(await readRecords(join(await newFolder(), 'none'))).toEqual({ records: [], damaged: [] });
});

test('a reader never sees half a record, though the writer is killed while it writes', async () => {
  const folder = await newFolder();
  await writeRecord(folder, record);
  const file = join(folder, recordName(record.config));
  const writer = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `import writeFileAtomic from ${JSON.stringify(import.meta.resolve('write-file-atomic'))};
     import { readFileSync } from 'node:fs';
     const big = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'));
     big.notes = Array.from({ length: 50_000 }, (_, i) => 'note ' + i);
     console.log('writing');
     for (;;) await writeFileAtomic(${JSON.stringify(file)}, JSON.stringify(big));`,
  ]);
  await new Promise(resolve => writer.stdout.once('data', resolve));
  for (let i = 0; i < 50; i++) expect(await findRecord(folder, record.config)).toBeDefined();
  writer.kill('SIGKILL');
  await new Promise(resolve => writer.once('close', resolve));
  expect(await findRecord(folder, record.config)).toBeDefined();
});
