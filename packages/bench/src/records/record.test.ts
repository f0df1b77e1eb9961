import { execFileSync, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { sampleRecord } from '../testing/sample-record.js';
import { archiveFile, writeArchive } from './archive.js';
import { runName } from './config.js';
import { findRecord, type RunRecord, readRecords, runFiles, writeRecord } from './record.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-records-'));
const record = sampleRecord({}, 41.234567891, 40);

test('a written record reads back the same, with no other file in its folder', async () => {
  const folder = join(await newFolder(), 'deep', 'results');
  const run = await writeRecord(folder, record);
  expect(run).toBe(join(folder, runName(record.config)));
  expect(await readRecords(folder)).toEqual({ records: [record], damaged: [] });
  expect(await findRecord(folder, record.config)).toEqual(record);
  expect(await readdir(folder)).toHaveLength(1);
});

test('only a record of exactly this config counts as done', async () => {
  const folder = await newFolder();
  await writeRecord(folder, record);
  expect(await findRecord(folder, { ...record.config, seed: 2 })).toBeUndefined();
  const impostor = join(folder, runName({ ...record.config, seed: 2 }));
  await rename(join(folder, runName(record.config)), impostor);
  expect(await findRecord(folder, { ...record.config, seed: 2 })).toBeUndefined();
});

test('a truncated, edited, older or newer record is named with the reason, and counts as not done', async () => {
  const folder = await newFolder();
  const file = join(await writeRecord(folder, record), runFiles.record);
  const text = await readFile(file, 'utf8');
  const told = async (content: string) => {
    await writeFile(file, content);
    expect(await findRecord(folder, record.config)).toBeUndefined();
    const { records, damaged } = await readRecords(folder);
    expect(records).toEqual([]);
    expect(damaged.map(({ name }) => name)).toEqual([runName(record.config)]);
    return damaged[0]!.reason;
  };
  expect(await told(text.slice(0, 100))).toBe('record.json is truncated or not JSON');
  expect(await told(text.replace('41.234567891', '91.234567891'))).toBe('record.json was edited after it was written');
  expect(await told('{"name": "x"}')).toMatch('record.json is not the record of a run (format: ');
  expect(await told(JSON.stringify({ ...record, format: 4 }))).toMatch('a newer version of @dgprompt/bench wrote');
  await writeFile(file, text);
  expect(await told(JSON.stringify({ ...record, format: 2 }))).toMatch('migrate-records');
  await writeFile(file, text);
  await writeFile(join(folder, 'table.json'), '{}');
  expect((await readRecords(folder)).damaged).toEqual([]);
});

test('a missing folder has no records', async () => {
  expect(await readRecords(join(await newFolder(), 'none'))).toEqual({ records: [], damaged: [] });
});

test('a reader never sees half a record, even if the writer is killed while writing', async () => {
  const folder = await newFolder();
  const notes = Array.from({ length: 50_000 }, (_, i) => `note ${i}`); // a large file takes a while to write
  await writeRecord(folder, { ...record, notes });
  const file = join(folder, runName(record.config), runFiles.record);
  const writer = spawn(process.execPath, [
    ...['--import', import.meta.resolve('tsx'), '--input-type=module', '-e'],
    `import { writeFileAtomic } from ${JSON.stringify(new URL('../../../io/src/write.ts', import.meta.url).href)};
     import { readFileSync } from 'node:fs';
     const text = readFileSync(${JSON.stringify(file)}, 'utf8');
     console.log('writing');
     for (;;) await writeFileAtomic(${JSON.stringify(file)}, text);`,
  ]);
  await new Promise(resolve => writer.stdout.once('data', resolve));
  for (let i = 0; i < 50; i++) expect(await findRecord(folder, record.config)).toBeDefined();
  writer.kill('SIGKILL');
  await new Promise(resolve => writer.once('close', resolve));
  expect(await findRecord(folder, record.config)).toBeDefined();
});

test('records in the archive count as finished, and a run folder takes precedence', async () => {
  const folder = await newFolder();
  const other = { ...record, config: { ...record.config, seed: 2 } };
  const texts = new Map<string, string>();
  for (const one of [record, other]) {
    const written = await writeRecord(folder, one);
    texts.set(runName(one.config), await readFile(join(written, runFiles.record), 'utf8'));
    await rm(written, { recursive: true });
  }
  await writeArchive(folder, texts);
  expect(await findRecord(folder, other.config)).toEqual(other);
  expect((await readRecords(folder)).records).toEqual([record, other]);
  await writeRecord(folder, { ...other, notes: ['measured again'] });
  expect((await findRecord(folder, other.config))!.notes).toEqual(['measured again']);
  await writeFile(join(folder, archiveFile), 'no gzip');
  expect((await readRecords(folder)).damaged).toEqual([
    { name: archiveFile, reason: expect.stringContaining('records.jsonl.gz is damaged') },
  ]);
  await expect(findRecord(folder, { ...other.config, seed: 3 })).rejects.toThrow(/records\.jsonl\.gz is damaged/);
});

test('a malformed record is named with its first invalid part, whatever its hash, and the others are read', async () => {
  const folder = await newFolder();
  const wrong: [string, object][] = [
    ['config.data', { config: { ...record.config, data: 7 } }],
    ['tests', { tests: null }],
    [
      'tests.base.perClass.__proto__',
      { tests: { base: { ...record.tests.base, perClass: JSON.parse('{"__proto__": "x"}') } } },
    ],
    ['checkpoint', { checkpoint: '../../elsewhere' }],
    ['epochs.0.loss', { epochs: [{ number: 1, loss: null, learningRate: 1, seconds: 1 }] }],
    ['machine', { machine: 'fast' }],
    ['notes.0', { notes: [{}] }],
  ];
  await writeRecord(folder, record);
  for (const [i, [, part]] of wrong.entries()) {
    const seed = 100 + i;
    const config = { ...record.config, ...(part as Partial<RunRecord>).config, seed };
    await writeRecord(folder, { ...record, ...part, config } as RunRecord).catch(() => {});
    const made = await readdir(folder);
    if (made.length === i + 2) continue;
    throw new Error(`no folder of ${wrong[i]![0]}`);
  }
  const { records, damaged } = await readRecords(folder);
  expect(records).toHaveLength(1);
  expect(damaged.map(({ reason }) => /\((.*?): /.exec(reason)?.[1]).sort()).toEqual(
    wrong.map(([place]) => place).sort(),
  );
});

test('a pipe in place of a record is named and does not hang', async () => {
  if (process.platform === 'win32') return;
  const folder = await newFolder();
  await writeRecord(folder, record);
  await mkdir(join(folder, 'piped'));
  execFileSync('mkfifo', [join(folder, 'piped', runFiles.record)]);
  const { records, damaged } = await readRecords(folder);
  expect(records).toHaveLength(1);
  expect(damaged).toEqual([{ name: 'piped', reason: expect.stringContaining('not a plain file') }]);
});

test('classes and tests named like inherited properties are read correctly', async () => {
  const folder = await newFolder();
  const perClass = JSON.parse('{"__proto__": 50, "constructor": 25}') as Record<string, number>;
  const confusion = JSON.parse('{"__proto__": {"constructor": 1}}') as Record<string, Record<string, number>>;
  await writeRecord(folder, { ...record, tests: { base: { ...record.tests.base!, perClass, confusion } } });
  const [read] = (await readRecords(folder)).records;
  expect(Object.entries(read!.tests.base!.perClass)).toEqual([
    ['__proto__', 50],
    ['constructor', 25],
  ]);
  expect(JSON.stringify(read!.tests.base!.confusion)).toBe('{"__proto__":{"constructor":1}}');
  expect(read!.tests.base!.confusion!.toString).toBeUndefined();
});

test('an archive names folders next to it; an invalid line is named, and the others are read', async () => {
  const folder = await newFolder();
  const text = await readFile(join(await writeRecord(await newFolder(), record), runFiles.record), 'utf8');
  await writeArchive(
    folder,
    new Map([
      ['../outside', text],
      [runName(record.config), text],
    ]),
  );
  const { records, damaged } = await readRecords(folder);
  expect(records).toHaveLength(1);
  expect(damaged.map(({ name }) => name)).toEqual([`${archiveFile}, line 1`]);
});
