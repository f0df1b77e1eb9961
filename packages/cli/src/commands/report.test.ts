import { cp, mkdir, mkdtemp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { beforeAll, expect, test } from 'vitest';
import { copyScript } from '../report/copy.js';
import { type Found, parsed } from '../report/parsed.js';
import { callCli } from '../testing/run-cli.js';

let results: string;
let page: ReturnType<typeof parsed> & { html: string };
const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-report-'));

let data: string[];
async function report(from: string, more = data) {
  const out = join(await newFolder(), 'new', 'report.html');
  const printed = await callCli(['report', '--results', from, '--out', out, ...more]);
  const html = printed.code === 0 ? await readFile(out, 'utf8') : '';
  return { ...printed, ...parsed({ html: html.replace(/^.*<body>|<\/body>.*$/gs, '') }), html };
}

beforeAll(async () => {
  const model = await tinyClip();
  const suite = await tinySuite(['bright', 'dim']);
  results = await newFolder();
  data = ['--suite', suite, '--model', model];
  const run = async (...args: string[]) => {
    const quick = ['--suite', suite, '--model', model, '--results', results, '--epochs', '2', '--threads', '1'];
    expect((await callCli(['bench', ...quick, ...args])).code).toBe(0);
  };
  await run('--methods', 'clip,coop,coop:csc', '--shots', '2', '--seeds', '1,2', '--validate');
  await run('--protocol', 'few-shot', '--methods', 'clip,coop', '--shots', '1,2');
  await run('--protocol', 'cross-dataset', '--source', 'bright', '--methods', 'clip,coop', '--shots', '1');
  page = await report(results);
});

const plots = (found: ReturnType<typeof parsed>) =>
  new Set(found.all('figure[data-plot]').map(figure => figure.getAttribute('data-plot')));
const texts = (found: Found[]) => found.map(({ textContent }) => textContent?.trim());

test('every protocol has a section with every kind of plot', () => {
  expect(texts(page.all('h2'))).toEqual([
    ...['Base-to-new on tiny, 2 shots', 'Few-shot on tiny, 1, 2 shots', 'Cross-dataset on tiny, 1 shot', 'Runs'],
  ]);
  expect([...plots(page)].sort()).toEqual([
    ...['against CLIP', 'base against new', 'classes', 'confusion', 'few-shot curves', 'scores by task', 'training'],
  ]);
});

test('it displays the words near learned contexts, and images of the tasks', () => {
  expect(texts(page.all('.sheet:has(.words) .title b'))).toEqual(expect.arrayContaining(['CoOp', 'CoOp:csc, blue']));
  const near = page.all('.words td')[0]!.querySelectorAll('span');
  expect([...near].map(({ textContent }) => textContent)).toEqual([
    ...Array.from({ length: 3 }, () => expect.stringMatching(/^\S+ \d\.\d{3}$/)),
  ]);
  expect(page.all('.examples img').length).toBeGreaterThan(10);
});

test('each run has the command that repeats it, with an existing folder', async () => {
  const [, suite, , model] = data;
  const commands = texts(page.all('.runs code'));
  const names = (await readdir(results)).filter(name => name !== 'plans');
  expect(commands.sort()).toEqual(
    names.map(name => `dgprompt repeat ${join(results, name)} --suite ${suite} --model ${model}`).sort(),
  );
});

test('a method without numbers on new classes has a dash for them, and its note is displayed', () => {
  const rows = page.all('.scores tr').filter(row => row.textContent?.includes('CoOp:csc'));
  expect(texts([...rows[0]!.querySelectorAll('td')]).slice(1)).toEqual(['–', '–']);
  expect(texts(page.all('#runs li'))).toContainEqual(expect.stringMatching(/^coop:csc: .* cannot take others.* 4 ×$/));
});

test('the page refers to nothing external, runs only its own script, and has no broken links', () => {
  expect(page.html.split(`<script>${copyScript}</script>`)).toHaveLength(2);
  expect(page.html.replace(copyScript, '')).not.toMatch(/https?:|<script src|<link|url\(/);
  const ids = new Set(page.all('[id]').map(element => element.getAttribute('id')));
  const links = page.all('a[href]').map(link => link.getAttribute('href')!);
  expect(links.length).toBeGreaterThan(6);
  expect(links.filter(link => !ids.has(link.slice(1)))).toEqual([]);
});

test('the same records make the same page', async () => {
  expect((await report(results)).html === page.html).toBe(true);
});

test('damaged and failed runs are named and skipped', async () => {
  const copy = await newFolder();
  await cp(results, copy, { recursive: true });
  const [first, second, third] = await readdir(copy);
  await truncate(join(copy, first!, 'record.json'), 300);
  const edited = (await readFile(join(copy, second!, 'record.json'), 'utf8')).replace(
    /"top1": [\d.]+/,
    '"top1": 100.5',
  );
  await writeFile(join(copy, second!, 'record.json'), edited);
  await truncate(join(copy, third!, 'predictions.json'), 300);
  await mkdir(join(copy, 'broken-run'));
  await writeFile(join(copy, 'broken-run', 'error.json'), JSON.stringify({ message: 'the <disk> is full' }));
  const { code, stderr, all, stdout } = await report(copy);
  expect(code).toBe(0);
  const lines = [
    `Skipped ${join(copy, first!)}: record.json is truncated or not JSON.`,
    `Skipped ${join(copy, second!)}: record.json was edited`,
  ];
  for (const line of lines) expect(stderr).toContain(line);
  expect(texts(all('.problems li'))).toEqual([
    ...lines.map(line => expect.stringContaining(line)),
    `${join(copy, 'broken-run')} failed: the <disk> is full`,
  ]);
  expect(stdout).toContain(`${page.all('.runs code').length - 2} runs`);
});

test('a folder without records is one clear line', async () => {
  const empty = await newFolder();
  const { code, stderr } = await report(empty);
  expect(code).toBe(1);
  expect(stderr).toBe(
    `dgprompt: There are no records in ${empty}. Run \`dgprompt bench\`, or name another folder with --results.\n`,
  );
});

test('an unwritable path is one clear line', async () => {
  const file = join(await newFolder(), 'file');
  await writeFile(file, '');
  const { code, stderr } = await callCli(['report', '--results', results, '--out', join(file, 'report.html')]);
  expect(code).toBe(1);
  expect(stderr).toMatch(/^dgprompt: .*file cannot be written: .*\n$/m);
});

test('a page displays images, and loads CLIPs to find words, only from what the user named', async () => {
  const plain = await report(results, []);
  expect(plain.code).toBe(0);
  expect(plain.all('.examples img')).toEqual([]);
  expect(plain.all('.words')).toEqual([]);
  expect(plain.html).not.toContain('data:image');
  expect(texts(plain.all('.note')).join()).toContain('or not in the data named with --suite or --root');
  expect(texts(plain.all('.note')).join()).toMatch(/they need the CLIP [0-9a-f]{12}…: name it with --model/);
});

test('predictions that changed after the run give no examples, and the page says so', async () => {
  const copy = await newFolder();
  await cp(results, copy, { recursive: true });
  for (const name of (await readdir(copy)).filter(one => one !== 'plans')) {
    const file = join(copy, name, 'predictions.json');
    await writeFile(file, `${await readFile(file, 'utf8')} `);
  }
  const changed = await report(copy);
  expect(changed.all('.examples img')).toEqual([]);
  expect(texts(changed.all('.note')).join()).toContain('predictions.json was changed after its run');
});
