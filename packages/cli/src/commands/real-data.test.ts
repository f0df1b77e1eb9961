import { mkdtemp, readdir, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { comparable, readRecords } from '@dgprompt/bench';
import { runName } from '@dgprompt/bench/runs';
import { tinyClip } from '@dgprompt/bench/testing/tiny';
import { tinyRoot } from '@dgprompt/bench/testing/tiny-root';
import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let model: string;
beforeAll(async () => {
  model = await tinyClip();
});

afterEach(() => vi.unstubAllEnvs());

const bench = (results: string, ...more: string[]) =>
  callCli([
    ...['bench', '--model', model, '--results', results, '--methods', 'clip,coop', '--shots', '2'],
    ...['--threads', '1', '--json', ...(more.includes('--methods') ? [] : ['--epochs', '1']), ...more],
  ]);
const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-real-'));

test('bench trains and tests on published datasets in a root, by their common names', async () => {
  const root = await tinyRoot('dtd');
  const results = await newFolder();
  const { code, stdout } = await bench(results, '--suite', 'paper', '--root', root, '--tasks', 'DescribableTextures');
  expect(code).toBe(0);
  expect(JSON.parse(stdout).tables[0].overallTasks).toEqual(['dtd']);
  const { records } = await readRecords(results);
  expect(Object.keys(records[0]!.tests.base!.perClass)).toEqual(['banded', 'dotted']);
  expect(records.every(({ config }) => config.suite === 'paper' && config.task === 'dtd')).toBe(true);
  expect(records[0]!.leftOut).toBeUndefined();
});

test('a missing dataset fails alone and says where it was looked for', async () => {
  const root = await tinyRoot('dtd');
  const results = await newFolder();
  const { code, stdout, stderr } = await bench(
    results,
    ...['--suite', 'paper', '--root', root, '--tasks', 'dtd,eurosat', '--methods', 'clip'],
  );
  expect(code).toBe(1);
  expect(stderr).toContain(`${join(root, 'eurosat')} does not exist`);
  expect(JSON.parse(stdout).tables[0].overallTasks).toEqual(['dtd']);
});

test('a broken image stops a run with its path; --skip-broken skips it and counts it in the record', async () => {
  const root = await tinyRoot('dtd');
  const results = await newFolder();
  const own = `folder:${join(root, 'dtd', 'images')}`;
  await writeFile(join(root, 'dtd', 'images', 'woven', 'woven_1.jpg'), 'no image');
  for (let i = 1; i <= 10; i++) {
    if (i !== 4) await writeFile(join(root, 'dtd', 'images', 'dotted', `dotted_${i}.jpg`), 'no image');
  }
  const stopped = await bench(results, '--suite', own);
  expect(stopped.code).toBe(1);
  expect(stopped.stderr).toMatch(/dotted_\d+\.jpg cannot be read as an image/);
  expect((await readRecords(results)).records).toEqual([]);
  const { code, stderr } = await bench(results, '--suite', own, '--skip-broken');
  expect(code).toBe(0);
  expect(stderr).toMatch(/skipped: .*dotted_\d+\.jpg cannot be read/);
  const { records } = await readRecords(results);
  expect(records).toHaveLength(2);
  for (const { leftOut, notes, tests, config } of records) {
    expect(config.task).toBe('images');
    expect(leftOut).toBeGreaterThanOrEqual(4);
    expect(notes.join()).toContain(`${leftOut} images left out that do not decode: dotted/dotted_`);
    expect(tests.base!.total).toBeLessThan(6);
  }
});

test('seeds that leave out other images share a table, and their runs can be explained and repeated', async () => {
  const root = await tinyRoot('dtd');
  const results = await newFolder();
  const own = ['--suite', `folder:${join(root, 'dtd', 'images')}`];
  for (const kind of ['banded', 'dotted', 'lined', 'woven'])
    for (let i = 1; i <= 3; i++) await writeFile(join(root, 'dtd', 'images', kind, `${kind}_${i}.jpg`), 'no image');
  const given = [...own, '--methods', 'clip,clip:memory', '--shots', '2'];
  for (const seeds of ['1,2', '3'])
    expect((await bench(results, ...given, '--seeds', seeds, '--skip-broken')).code).toBe(0);
  const { records } = await readRecords(results);
  expect(records).toHaveLength(6);
  expect(new Set(records.map(({ leftOut }) => leftOut)).size).toBeGreaterThan(1);
  expect(new Set(records.map(({ config }) => config.data)).size).toBe(1);
  for (const { config, leftOut } of records) expect(config.skipBroken === true).toBe(leftOut !== undefined);
  const [table, ...others] = comparable(records);
  expect([table!.records.length, table!.notes, others]).toEqual([6, undefined, []]);
  const explained = await callCli(['explain', results, ...own, '--model', model, '--threads', '1']);
  expect(explained, explained.stderr).toMatchObject({ code: 0 });
  const skipping = records.find(({ config, leftOut }) => config.method === 'clip' && leftOut !== undefined)!;
  const repeated = await callCli(['repeat', join(results, runName(skipping.config)), ...own, '--model', model]);
  expect(repeated, repeated.stderr).toMatchObject({ code: 0 });
  expect(repeated.stdout).toContain('Bit-identical');
}, 240_000);

test('zero-shot: a custom folder warns, and decoded test images are kept on request', async () => {
  const root = await tinyRoot('dtd');
  const own = join(root, 'dtd', 'images');
  await writeFile(join(own, 'classnames.json'), JSON.stringify({ woven: '7' }));
  const cache = join(root, 'cache');
  vi.stubEnv('DGPROMPT_CACHE', join(root, 'none')); // no cached features
  await writeFile(join(root, 'none'), '');
  const run = (...more: string[]) =>
    callCli(['zero-shot', '--suite', `folder:${own}`, '--model', model, '--threads', '1', '--json', ...more]);
  const banded = (await readdir(join(own, 'banded'))).map(name => join(own, 'banded', name));
  for (const file of banded) await utimes(file, 1e9, 1e9);
  const plain = await run();
  expect(plain.stderr).toContain('class "7" is only a number or id');
  const first = await run('--cache', cache);
  expect(first.stdout).toBe(plain.stdout);
  const files = async () =>
    (await readdir(cache, { recursive: true, withFileTypes: true })).filter(entry => entry.isFile());
  expect(await files()).toHaveLength(4 * 3);
  expect((await run('--cache', cache)).stdout).toBe(plain.stdout);
  expect(await files()).toHaveLength(4 * 3);
  // Images are identified by content: a change that keeps size and modification time is still detected.
  for (const file of banded) {
    await writeFile(file, Buffer.alloc((await stat(file)).size));
    await utimes(file, 1e9, 1e9);
  }
  const broken = { code: 1, stderr: expect.stringMatching(/banded_\d+\.jpg cannot be read/) };
  expect(await run('--cache', cache)).toMatchObject(broken);
  expect(await run()).toMatchObject(broken);
});
