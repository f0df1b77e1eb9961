import { expect, test } from 'vitest';
import { comparable } from '../../records/distinguish.js';
import { sampleRecord } from '../../testing/sample-record.js';
import { sectionsOf } from '../section.js';
import { makeTable } from '../table.js';
import { formatOf, tablesAs } from './all.js';
import { latexText } from './latex.js';
import { tableMarkdown } from './markdown.js';

const records = [
  sampleRecord({ task: 'mammals' }, 39.44, 37.6),
  sampleRecord({ task: 'mammals', method: 'coop' }, 41, 30),
  sampleRecord({ task: 'mammals', method: 'dgprompt' }, 43.6, 38.4),
  sampleRecord({ task: 'oxford_pets' }, 50, 50),
  sampleRecord({ task: 'oxford_pets', method: 'dgprompt' }, 45, 45),
];
const madeBy = 'Made by `dgprompt table`.';
const as = (format: Parameters<typeof tablesAs>[0], some = records) =>
  tablesAs(format, sectionsOf({ title: 'tasks & co, 100 %', records: some }), { madeBy });

test('Markdown has the averages first; the best of each column is bold, of three the second best underlined', () => {
  expect(tableMarkdown(makeTable(records)).split('\n')).toEqual([
    '| task | method | base | new | H |',
    '| --- | --- | ---: | ---: | ---: |',
    '| average of 1 task | CLIP | 39.4 | <u>37.6</u> | <u>38.5</u> |',
    '| average of 1 task | CoOp | <u>41.0</u> | 30.0 | 34.6 |',
    '| average of 1 task | DGPrompt | **43.6** | **38.4** | **40.8** |',
    '| mammals | CLIP | 39.4 | <u>37.6</u> | <u>38.5</u> |',
    '| mammals | CoOp | <u>41.0</u> | 30.0 | 34.6 |',
    '| mammals | DGPrompt | **43.6** | **38.4** | **40.8** |',
    '| oxford_pets | CLIP | **50.0** | **50.0** | **50.0** |',
    '| oxford_pets | CoOp | no run | no run | no run |',
    '| oxford_pets | DGPrompt | 45.0 | 45.0 | 45.0 |',
  ]);
});

test('ties at the printed precision count as best too, and a single method is never marked', () => {
  const tie = makeTable([sampleRecord({}, 40.01, 40), sampleRecord({ method: 'coop' }, 39.99, 41)]);
  expect(tableMarkdown(tie)).toContain('| weather | CoOp | **40.0** | **41.0** |');
  expect(tableMarkdown(tie)).toContain('| weather | CLIP | **40.0** | 40.0 |');
  expect(tableMarkdown(makeTable([sampleRecord({}, 40, 40)]))).not.toContain('**');
});

test('run times are written only on request: everything else is deterministic', () => {
  const timed = records.map((record, i) => ({ ...record, timings: { train: 60, total: 60 + i } }));
  const sections = sectionsOf({ title: 'tasks', records: timed });
  const line = 'Mean time of a run, training and testing: CLIP 1 min 2 s, CoOp 1 min 1 s, DGPrompt 1 min 3 s.';
  expect(tablesAs('markdown', sections, { madeBy, times: true })).toContain(line);
  expect(tablesAs('markdown', sections, { madeBy })).not.toContain('Mean time');
});

test('so is the memory of the process, if known', () => {
  const sizes: Record<string, number> = { coop: 3e8, dgprompt: 6e8 };
  const sized = records.map(record => ({ ...record, memory: sizes[record.config.method] }));
  const text = tablesAs('markdown', sectionsOf({ title: 'tasks', records: sized }), { madeBy, times: true });
  expect(text).toContain("Most memory of a run's process: CoOp 300 MB, DGPrompt 600 MB.");
});

test('several seeds have a deviation', () => {
  const seeds = [sampleRecord({ seed: 1 }, 40, 40), sampleRecord({ seed: 2 }, 42, 42)];
  expect(as('markdown', seeds)).toContain('| weather | CLIP | 41.0 ±1.4 | 41.0 ±1.4 | 41.0 ±1.4 |');
  expect(as('markdown', seeds)).toContain('± is the standard deviation over seeds.');
  expect(as('latex', seeds)).toContain('41.0 $\\pm$1.4 &');
});

test('Markdown says what is missing, what the numbers mean, and what made it', () => {
  const text = as('markdown');
  expect(text).toMatch(/^## tasks & co, 100 %\n\nAccuracy in %; H is the harmonic mean/);
  expect(text).toContain('“no run”: without a record so far, 3 of 18 cells.');
  expect(text).toContain('DGPrompt has the highest H, 40.8');
  expect(text.endsWith(`\n${madeBy}\n`)).toBe(true);
});

test('tables of runs with Pillow 12’s resizing order say so, and give the count if only some have it', () => {
  const older = records.map(record => ({ ...record, config: { ...record.config, pillow: undefined } }));
  expect(as('markdown')).not.toContain('Pillow');
  expect(as('markdown', older)).toContain(' cells. Images were resized in the order of Pillow 12.\n\n');
  expect(as('latex', [...older.slice(0, 2), ...records.slice(2)])).toContain(
    'Images were resized in the order of Pillow 12 in 2 of 5 runs, of Pillow 13 in the others.',
  );
});

test('a cell with fewer seeds than the others, and one that cannot be tested, are named', () => {
  const some = [
    ...[1, 2].map(seed => sampleRecord({ seed }, 40, 40)),
    sampleRecord({ method: 'linear-probe', seed: 1 }, 50, null),
  ];
  expect(as('markdown', some)).toContain('Of fewer than 2 seeds: linear probe on weather (1).');
  expect(as('markdown', some)).toContain('–: cannot be tested, since what was learned is class-specific.');
});

test('LaTeX has booktabs rules, one between tasks, and everything escaped', () => {
  const lines = as('latex')
    .split('\n')
    .map(line => line.trim());
  expect(lines).toContain('\\begin{tabular}{llrrr}');
  expect(lines).toContain('task & method & base & new & H \\\\');
  expect(lines).toContain('oxford\\_pets & CLIP & \\textbf{50.0} & \\textbf{50.0} & \\textbf{50.0} \\\\');
  expect(lines).toContain('& CoOp & \\underline{41.0} & 30.0 & 34.6 \\\\');
  expect(lines.filter(line => line.startsWith('\\midrule'))).toHaveLength(3);
  expect(lines.find(line => line.startsWith('\\caption'))).toContain('tasks \\& co, 100 \\%. Accuracy in \\%');
  expect(latexText('a\\b{c}_#$^~ −1 ±2 – <x>')).toBe(
    'a\\textbackslash{}b\\{c\\}\\_\\#\\$\\textasciicircum{}\\textasciitilde{} $-$1 $\\pm$2 -- \\textless{}x\\textgreater{}',
  );
});

test('CSV has a line per number, with everything that a program needs to know about it', () => {
  const [head, ...rows] = as('csv').trimEnd().split('\r\n');
  expect(head).toBe('table,protocol,row,method,column,mean,deviation,seeds,rank,paper,difference,state,views');
  expect(rows).toHaveLength(27);
  expect(rows).toContain('"tasks & co, 100 %",base-to-new,mammals,dgprompt,base,43.6,,1,1,,,measured,1');
  expect(rows).toContain('"tasks & co, 100 %",base-to-new,oxford_pets,coop,H,,,,,,,no run,1');
});

test('the papers’ figures appear only next to the same dataset, protocol, method and shots', () => {
  const maple = (config: Parameters<typeof sampleRecord>[0]) =>
    sampleRecord({ suite: 'paper', task: 'dtd', method: 'maple', ...config }, 80.11, 59.5);
  const text = as('markdown', [maple({}), maple({ method: 'maple:depth=3' })]);
  expect(text).toContain('| dtd | MaPLe, paper | 80.36 | 59.18 | 68.16 |');
  expect(text).toContain('| dtd | MaPLe, ours − paper | −0.25 | +0.32 | +0.12 |');
  expect(text).toContain('- MaPLe: Khattak et al., MaPLe: Multi-modal Prompt Learning, CVPR 2023');
  expect(text).toContain('The weights hash cannot confirm');
  expect(text).not.toContain('MaPLe:depth=3, paper');
  const openai = '5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f';
  expect(as('markdown', [maple({ model: openai })])).not.toContain('The weights hash cannot confirm');
  for (const other of [{ suite: 'pictograms' }, { shots: 4 }, { protocol: 'mine' }, { task: 'mammals' }])
    expect(as('markdown', [maple(other)])).not.toContain('MaPLe, paper');
  expect(as('csv', [maple({ suite: 'dtd' })])).toMatch(/dtd,maple,base,80.11,,1,,80.36,-0.25\d*,measured,1/);
});

test('JSON has every cell with its figure and difference', () => {
  const [own] = JSON.parse(as('json', [sampleRecord({ suite: 'paper', task: 'dtd', method: 'maple' }, 80, 60)])).tables;
  expect(own.tasks[0].cells.maple.new).toMatchObject({ mean: 60, seeds: 1, paper: 59.18 });
  expect(own.tasks[0].cells.maple.new.difference).toBeCloseTo(0.82);
  expect(own.overallTasks).toEqual(['dtd']);
});

test('runs with several views of each image have their own rows, in every format', () => {
  const views = [
    sampleRecord({ task: 'mammals', views: 5 }, 42, 38),
    sampleRecord({ task: 'mammals', method: 'dgprompt', views: 5 }, 45, 39),
    sampleRecord({ task: 'mammals', method: 'dgprompt:flat', views: 5 }, 44, 39),
  ];
  const all = comparable([...records.slice(0, 3), ...views]).flatMap(sectionsOf);
  const text = tablesAs('markdown', all, { madeBy });
  expect(text).toContain('| mammals | CLIP | 39.4 | 37.6 | 38.5 |');
  expect(text).toContain('| mammals | CLIP, 5 views | 42.0 |');
  expect(text).toContain(
    '“views”: the mean over 5 views of each test image (as it is, mirrored, zoomed, shrunk, …); the',
  );
  expect(text).toContain('DGPrompt, 5 views has the highest H, 41.8');
  expect(text).toContain('against CLIP, 5 views +3.0 on base and +1.0 on new classes');
  expect(text).toMatch(/### DGPrompt, 5 views without its parts\n.*\| DGPrompt:flat, 5 views \| 44\.0/s);
  expect(tablesAs('latex', all, { madeBy })).toContain('& CLIP, 5 views & 42.0 &');
  const lines = tablesAs('csv', all, { madeBy }).split('\r\n');
  expect(lines.filter(line => line.includes('mammals,"clip, 5 views",base,42,'))).toEqual([
    expect.stringMatching(/,5$/),
  ]);
  const [table] = JSON.parse(tablesAs('json', all, { madeBy })).tables;
  expect(table.views).toEqual({ clip: 1, coop: 1, dgprompt: 1, 'clip, 5 views': 5, 'dgprompt, 5 views': 5 });
  expect(JSON.parse(as('json')).tables[0]).not.toHaveProperty('views');
  expect(as('markdown')).not.toContain('views');
});

test('the papers’ figures are for one view', () => {
  const maple = sampleRecord({ suite: 'paper', task: 'dtd', method: 'maple', views: 5 }, 80, 60);
  expect(as('markdown', [maple])).not.toContain('paper');
});

test('a table of records straight from disk does not mix them either', () => {
  const table = makeTable([
    sampleRecord({}, 40, 40),
    sampleRecord({ views: 5 }, 50, 50),
    sampleRecord({ views: 9 }, 45, 45),
  ]);
  expect(table.methods).toEqual(['clip', 'clip, 5 views', 'clip, 9 views']);
  expect(table.overall!.cells.clip!.base!.mean).toBe(40);
});

test('ablations of DGPrompt have a separate table, with the contribution of each part', () => {
  const without = 'dgprompt:no-image';
  const text = as('markdown', [...records, sampleRecord({ task: 'mammals', method: without! }, 43, 37)]);
  expect(text).toContain('### DGPrompt without its parts');
  expect(text).toContain('| method | base | new | H | against the whole |');
  expect(text).toMatch(/\| DGPrompt:[a-z-]+ \| 43\.0 \| 37\.0 \| 39\.8 \| −1\.1 \|/);
  expect(text.split('###')[0]).not.toContain('DGPrompt:');
});

test('ablations with fewer seeds are compared with the full method on those seeds', () => {
  const run = (method: string, seed: number, base: number) =>
    sampleRecord({ task: 'mammals', method, seed }, base, base);
  const some = [
    ...[run('clip', 1, 30), run('clip', 2, 30), run('dgprompt', 1, 40), run('dgprompt', 2, 50)],
    run('dgprompt:no-image', 1, 38),
  ];
  const [, part] = as('markdown', some).split('### ');
  expect(part).toContain('DGPrompt without its parts, seed 1');
  expect(part).toMatch(/no-image \| 38\.0 \| 38\.0 \| 38\.0 \| −2\.0 \|/);
});

test('methods missing from the average are named', () => {
  const some = ['a', 'b', 'c'].map(task => sampleRecord({ task }, 60, 60));
  const text = as('markdown', [...some, sampleRecord({ task: 'b', method: 'coop' }, 90, 90)]);
  expect(text).toContain('| average | CoOp | missing | missing | missing |');
  expect(text).toContain('Not in the average, since runs are missing: CoOp.');
});

test('a file’s extension determines its format', () => {
  expect(['a.md', 'b.TEX', 'c.csv', 'd.json', 'e.txt'].map(formatOf)).toEqual([
    ...['markdown', 'latex', 'csv', 'json', undefined],
  ]);
});
