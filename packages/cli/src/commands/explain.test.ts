import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { activeDevice } from '@dgprompt/engine';
import { pillow } from '@dgprompt/images';
import { beforeAll, expect, test } from 'vitest';
import { parsed } from '../report/parsed.js';
import { callCli } from '../testing/run-cli.js';

let model: string;
let suite: string;
let results: string;
const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-explain-'));

beforeAll(async () => {
  [model, suite, results] = [await tinyClip(), await tinySuite(['bright', 'dim']), await newFolder()];
  const { code } = await callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', results, '--threads', '1'],
    ...['--shots', '2', '--epochs', '1', '--methods', 'clip,coop,cocoop:reduction=2,clip:memory'],
  ]);
  expect(code).toBe(0);
});

const explain = (folder: string, ...more: string[]) =>
  callCli(['explain', folder, '--suite', suite, '--model', model, '--threads', '1', ...more]);

test('methods are tested unchanged, matching their records, and under each control', async () => {
  const { code, stdout } = await explain(results, '--json');
  expect(code).toBe(0);
  const { explained, notes } = JSON.parse(stdout);
  expect(notes).toEqual(['CLIP, CoOp: conditioned on nothing, so there is nothing to replace.']);
  const { records } = await readRecords(results);
  for (const one of explained) {
    const own = records.filter(({ config }) => config.method === one.method);
    expect(own).toHaveLength(2);
    for (const column of ['base', 'new'])
      expect(one.right[column]).toBeCloseTo((own[0]!.tests[column]!.top1 + own[1]!.tests[column]!.top1) / 2, 10);
  }
  const titles = Object.fromEntries(
    explained.map((one: { method: string; controls: { control: string }[] }) => [
      one.method,
      one.controls.map(({ control }) => control),
    ]),
  );
  expect(titles).toEqual({
    'clip:memory': ["another class's shift", 'mean shift alone', 'no shift', 'no centring'],
    'cocoop:reduction=2': ['guidance of another image', 'mean guidance of all images'],
  });
});

test('a method’s table has a dash where the replaced part is not used', async () => {
  const { stdout } = await explain(results, '--methods', 'clip:memory');
  expect(stdout).toMatch(/^CLIP:memory: Base-to-new on tiny, 2 shots \(accuracy in %\)/);
  expect(stdout).toMatch(/\n +base +new +H +difference in H +95 % interval/);
  expect(stdout).toMatch(/\n as it is +\d+\.\d +\d+\.\d +\d+\.\d/);
  expect(stdout).toMatch(/\n no shift +\d+\.\d +– +\d+\.\d/);
  expect(stdout).toContain('–: what is replaced is not used for these classes.');
});

/** A copy of the results, and the explanation of CoCoOp on dim in it. */
async function explainedCopy() {
  const copy = await newFolder();
  await cp(results, copy, { recursive: true });
  const name = (await readdir(copy)).find(one => one.includes('_dim_cocoop'))!;
  const file = join(copy, name, 'explain.json');
  return { copy, file, kept: JSON.parse(await readFile(file, 'utf8')) };
}

test('results are kept, and reused only for the same prompts, precision and Pillow version', async () => {
  const { copy, file, kept } = await explainedCopy();
  const marked = { ...kept, tests: { ...kept.tests, base: { ...kept.tests.base, top1: 12.5 } } };
  await writeFile(file, JSON.stringify(marked));
  const right = async () => {
    const { stdout } = await explain(copy, '--methods', 'cocoop:reduction=2', '--tasks', 'dim', '--json');
    return JSON.parse(stdout).explained[0].right.base;
  };
  expect(await right()).toBe(12.5);
  expect(kept.pillow).toBe(13);
  for (const other of [{ prompts: 'of others' }, { pillow: 12 }, { pillow: undefined }, { precision: 'int8' }]) {
    await writeFile(file, JSON.stringify({ ...marked, ...other }));
    expect(await right()).toBe(kept.tests.base.top1);
  }
});

test('runs are explained in the precision and with the Pillow version of their records', async () => {
  const folder = await newFolder();
  const { code } = await callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', folder, '--threads', '1', '--tasks', 'dim'],
    ...['--shots', '2', '--methods', 'clip:memory', '--precision', 'int8', '--pillow', '12'],
  ]);
  expect(code).toBe(0);
  const used = () => [activeDevice().precision, pillow()];
  await explain(results, '--methods', 'clip:memory'); // others
  expect(await explain(folder)).toMatchObject({ code: 0, stdout: expect.stringContaining('CLIP:memory, int8') });
  expect(used()).toEqual(['int8', 12]);
  const [name] = await readdir(folder);
  expect(JSON.parse(await readFile(join(folder, name!, 'explain.json'), 'utf8'))).toMatchObject({
    precision: 'int8',
    pillow: 12,
  });
  for (const other of [
    ['--precision', 'fp32'],
    ['--pillow', '13'],
  ]) {
    const refused = await explain(folder, ...other);
    expect([refused.code, refused.stderr]).toEqual([
      2,
      expect.stringContaining(
        'explained as they were tested, clip:memory on dim with --precision int8 and --pillow 12;',
      ),
    ]);
  }
  expect((await explain(folder, '--precision', 'int8', '--pillow', '12')).code).toBe(0);
  await rm(join(folder, name!, 'explain.json'));
  expect((await explain(folder, '--backend', 'cpu')).stderr).toContain(
    'Runs with --precision int8 are explained in it, which needs ONNX Runtime on the CPU: leave --device and --backend',
  );
});

test('a note says that other images are correct than recorded', async () => {
  const { copy, file, kept } = await explainedCopy();
  const { base } = kept.tests;
  await writeFile(
    file,
    JSON.stringify({ ...kept, tests: { ...kept.tests, base: { ...base, correct: base.correct + 2 } } }),
  );
  const { stdout } = await explain(copy, '--json');
  expect(JSON.parse(stdout).notes[0]).toBe(
    'CoCoOp:reduction=2: 1 of 2 runs gave other numbers of correct images than recorded, by up to 2 in a test; another machine, device or number of threads can change such images.',
  );
});

test('tables go to Markdown, a plot to SVG, and both into the report', async () => {
  const folder = await newFolder();
  const [markdown, svg, page] = ['a.md', 'a.svg', 'a.html'].map(name => join(folder, name)) as [string, string, string];
  expect((await explain(results, '--out', markdown)).code).toBe(0);
  expect(await readFile(markdown, 'utf8')).toMatch(/^## CLIP:memory: .*\n\n\| {2}\| base \| new \| H \|/);
  expect((await explain(results, '--methods', 'clip:memory', '--out', svg)).code).toBe(0);
  const drawn = await readFile(svg, 'utf8');
  expect(drawn).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg" /);
  expect(drawn).not.toContain('var(--');
  const several = await explain(results, '--out', svg);
  expect(several.stderr).toContain('holds the plot of one method; choose it with --methods');
  expect((await callCli(['report', '--results', results, '--out', page])).code).toBe(0);
  const { all } = parsed({ html: (await readFile(page, 'utf8')).replace(/^.*<body>|<\/body>.*$/gs, '') });
  expect(all('h3').map(({ textContent }) => textContent)).toContain('What the conditioning carries');
  const titles = all('.figures:has([data-plot="controls"]) .sheet .title b');
  expect(titles.map(({ textContent }) => textContent)).toEqual(['CLIP:memory', 'CoCoOp:reduction=2']);
  expect(all('figure[data-plot="controls"]').length).toBeGreaterThan(0);
});

test('a classifier is tested on named images', async () => {
  const folder = await newFolder();
  const images = join(suite, 'bright');
  const train = ['train', images, '--out', folder, '--model', model, '--threads', '1', '--epochs', '1'];
  expect((await callCli([...train, '--method', 'cocoop:reduction=2'])).code).toBe(0);
  const unnamed = await callCli(['explain', folder, '--model', model]);
  expect([unnamed.code, unnamed.stderr]).toEqual([
    2,
    expect.stringContaining('name labelled images for it with --images'),
  ]);
  const { code, stdout } = await callCli(['explain', folder, '--images', images, '--model', model, '--threads', '1']);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ on \d+ test images \(accuracy in %\)/);
  expect(stdout).toMatch(/\n guidance of another image +\d+\.\d/);
});

test('an invalid request is one sentence', async () => {
  const nothing = await explain(results, '--methods', 'coop');
  expect([nothing.code, nothing.stderr]).toEqual([
    1,
    'dgprompt: CoOp: conditioned on nothing, so there is nothing to replace.\n',
  ]);
  const unknown = await explain(results, '--methods', 'maple');
  expect([unknown.code, unknown.stderr]).toEqual([
    2,
    expect.stringContaining('has no runs of these methods and tasks'),
  ]);
  const copy = await newFolder();
  await cp(results, copy, { recursive: true });
  for (const name of await readdir(copy)) await rm(join(copy, name, 'checkpoint'), { recursive: true, force: true });
  const none = await explain(copy, '--methods', 'clip:memory', '--tasks', 'dim');
  expect(none.code).toBe(1);
  expect(none.stderr).toMatch(
    /^dgprompt: .*_dim_clip-memory_.* kept no prompts, so its run cannot be explained; .*\n$/,
  );
  const elsewhere = await callCli(['explain', results, '--model', model]);
  expect(elsewhere.stdout).toContain('CLIP:memory'); // kept results need no data
  const other = await tinySuite(['bright', 'dim'], 5);
  for (const name of await readdir(results)) await rm(join(results, name, 'explain.json'), { force: true });
  const changed = await callCli(['explain', results, '--suite', other, '--model', model, '--methods', 'clip:memory']);
  expect(changed.stderr).toContain('The data of bright have changed since this run');
  const unnamed = await callCli(['explain', results, '--model', model, '--methods', 'clip:memory']);
  expect(unnamed.stderr).toContain(
    'The suite of these runs, tiny, is not a built-in one; name its folder with --suite.',
  );
});
