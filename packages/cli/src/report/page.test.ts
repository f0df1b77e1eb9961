import { createHash } from 'node:crypto';
import type { RunConfig } from '@dgprompt/bench';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { expect, test } from 'vitest';
import { raw } from './html.js';
import { reportPage } from './page.js';
import { nasty, parsed } from './parsed.js';
import type { StoredRun } from './stored-run.js';

const reader = { read: async () => undefined, dispose: async () => {} };
const run = (config: Partial<RunConfig>, base = 60, fresh = 50): StoredRun => ({
  ...sampleRecord(config, base, fresh),
  folder: `results/${config.task ?? 'weather'}_${config.method ?? 'clip'}_${config.seed ?? 1}`,
});
async function page(runs: StoredRun[], more: { problems?: string[]; detailLimit?: number } = {}) {
  const text = await reportPage({ runs, problems: [], results: 'results', reader, ...more });
  return parsed(raw(text.replace(/^.*<body>|<\/body>.*$/gs, '')));
}
const texts = (found: { textContent: string | null }[]) => found.map(({ textContent }) => textContent?.trim());

test('methods are in table order, with ablations in a separate table', async () => {
  const methods = ['maple', 'mine', 'dgprompt:no-text', 'coop:csc', 'dgprompt', 'coop', 'clip'];
  const { all } = await page(methods.map(method => run({ method })));
  expect(texts(all('figure[data-plot="scores by task"] .legend li'))).toEqual([
    'CLIP',
    'CoOp',
    'CoOp:csc',
    'MaPLe',
    'DGPrompt',
    'mine',
  ]);
  expect(texts(all('h3'))).toContain('DGPrompt without its parts');
  const ablations = all('table').find(table => table.textContent?.includes('against the whole'));
  expect(texts([...ablations!.querySelectorAll('tbody th')])).toEqual(['DGPrompt', 'DGPrompt:no-text']);
});

test('runs with another model or number of shots have their own section', async () => {
  const { all } = await page([run({}), run({ shots: 4 }), run({ model: 'other' })]);
  expect(all('section')).toHaveLength(4);
});

test('runs on earlier images of a dataset are left out, and a note says so', async () => {
  const { all } = await page([run({ data: 'before' }, 40), run({ data: 'now' }, 60)]);
  expect(all('.runs tbody tr')).toHaveLength(1);
  expect(texts(all('.note'))).toContain('Left out: 1 run on other images of weather than its last run had.');
});

test('a protocol of your own has a table for each of its tests', async () => {
  const { all } = await page(
    ['clip', 'coop'].map(method => ({
      ...run({ protocol: 'mine', method }),
      tests: sampleRecord({}, { near: 80, far: 40 }).tests,
    })),
  );
  const tables = all('table.scores').map(table => texts([...table.querySelectorAll('td')]));
  expect(texts(all('.sheet:has(.scores) .title b'))).toEqual(['near %', 'far %']);
  expect(tables).toEqual([
    ['', '80.0', '80.0'],
    ['', '40.0', '40.0'],
  ]);
});

test('runs are listed by method, task, shots and seed', async () => {
  const runs = [16, 4].flatMap(shots => [10, 2].map(seed => run({ protocol: 'few-shot', shots, seed })));
  const { all } = await page(runs.map(one => ({ ...one, tests: { all: one.tests.base! } })));
  const rows = all('.runs tbody tr').map(row => texts([...row.querySelectorAll('td')]).slice(1, 3));
  expect(rows).toEqual([
    ['4', '2'],
    ['4', '10'],
    ['16', '2'],
    ['16', '10'],
  ]);
});

test('details that would make the page too large are omitted by name', async () => {
  const runs = ['one', 'two', 'three'].map(task => run({ task }));
  const { all } = await page(runs, { detailLimit: 1 });
  expect(all('details.task')).toEqual([]);
  expect(texts(all('.note'))).toContain(
    'To keep the page small, it has no details of one, two, three; a report of fewer runs has them.',
  );
  expect((await page(runs)).all('details.task')).toHaveLength(3);
});

test('names from records are escaped everywhere', async () => {
  const named = run({ task: nasty, method: nasty, suite: nasty });
  const { perClass } = named.tests.base!;
  perClass[nasty] = 50;
  named.tests.base!.confusion = { [nasty]: { [nasty]: 1, other: 1 } };
  named.notes.push(nasty);
  named.machine.cpu = nasty;
  const { all, text } = await page([named], { problems: [nasty] });
  expect(all('img')).toEqual([]);
  expect(all('[onerror]')).toEqual([]);
  expect(text.split(nasty).length).toBeGreaterThan(10);
});

test('with many methods, figures name zero-shot CLIP, DGPrompt and the best, and count the others', async () => {
  const others = Array.from({ length: 10 }, (_, i) => run({ method: `method-${i}` }, 60 + i, 50));
  const { all } = await page([run({ method: 'clip' }, 10, 10), run({ method: 'dgprompt' }, 11, 11), ...others]);
  const named = texts(all('figure[data-plot="scores by task"] .legend li'));
  expect(named).toEqual([...['CLIP', 'DGPrompt'], ...[4, 5, 6, 7, 8, 9].map(i => `method-${i}`), '4 more']);
});

test('the page’s policy allows only its own script', async () => {
  const text = await reportPage({ runs: [run({})], problems: [], results: 'results', reader });
  const [, script] = /<script>(.*)<\/script>/s.exec(text)!;
  const hash = createHash('sha256').update(script!).digest('base64');
  expect(text).toContain(`script-src &#39;sha256-${hash}&#39;"`);
  expect(text.split('<script')).toHaveLength(2);
});

test('the command that repeats a run asks for the files that it read', async () => {
  const { all } = await page([run({ protocol: 'mine', descriptions: 'a1b2' })]);
  expect(texts(all('table.runs code'))[0]).toMatch(/^dgprompt repeat \S+ --protocol FILE --descriptions FILE$/);
});
