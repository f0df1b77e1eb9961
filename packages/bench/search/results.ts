/**
 * Makes docs/results/pictograms.md: the base-to-new table of all methods with the settings that the search chose, and DGPrompt's ablations. Records
 * are kept, so that it goes on where it was cut.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { methodNames } from '@dgprompt/methods';
import { pictogramTasks } from '@dgprompt/pictograms';
import writeFileAtomic from 'write-file-atomic';
import { duration } from '../src/duration.js';
import { environment } from '../src/environment.js';
import { methodTitle } from '../src/method-title.js';
import { readTable } from '../src/reading.js';
import { type RunRecord, readRecords } from '../src/record.js';
import { makeTable } from '../src/table.js';
import { tableMarkdown } from '../src/table-text.js';
import { describe, type Settings, type Tuned } from './tuned.js';
import { runInWorkers } from './workers.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    methods: { type: 'string' },
    tasks: { type: 'string' },
    seeds: { type: 'string', default: '1,2,3' },
    settings: { type: 'string', default: join(root, 'docs/results/search.json') },
    results: { type: 'string', default: join(root, '.cache/results') },
    out: { type: 'string', default: join(root, 'docs/results/pictograms.md') },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(`Base-to-new on the pictogram tasks, all methods and DGPrompt's ablations; started again after a cut, it goes on.

  npm run results -w @dgprompt/bench -- [--methods clip,maple] [--tasks weather,food] [--seeds 1,2,3] [--workers 2] [--out FILE]

  --methods   default: every method with settings in --settings, CLIP, and DGPrompt's ablations
  --settings  what \`npm run search -w @dgprompt/bench\` chose (default: docs/results/search.json)
  --results   records of the runs (default: .cache/results of the repository)
  --workers   processes, each with one thread (the numbers do not depend on how many)
  --out       the report (default: docs/results/pictograms.md)`);
  process.exit(0);
}

const found = JSON.parse(await readFile(options.settings, 'utf8')) as Record<string, { settings: Settings }>;
const chosen = Object.fromEntries(Object.entries(found).map(([name, { settings }]) => [name, settings]));
const tasks = options.tasks?.split(',') ?? pictogramTasks();
const seeds = options.seeds.split(',').map(Number);
const shots = 16;

const known: Tuned[] = methodNames
  .filter(name => name === 'clip' || name in chosen)
  .map(method => ({ method, settings: chosen[method] ?? {} }));
const imageOrPrototype = chosen.dgprompt?.visualContext === 'prototype' ? 'image' : 'prototype';
const ablations: Tuned[] = ['no-image', 'no-text', 'flat', 'no-retention', 'free', imageOrPrototype].map(variant => ({
  method: 'dgprompt',
  settings: chosen.dgprompt ?? {},
  variant,
}));
const idOf = ({ method, variant }: Tuned) => (variant === undefined ? method : `${method}:${variant}`);
const wanted = options.methods?.split(',');
const methods = [...known, ...ablations].filter(one => wanted?.includes(idOf(one)) ?? true);

// Method by method, so that whatever is there when it is cut is whole columns of the table.
for (const method of methods)
  await runInWorkers(
    { ...{ tasks, seeds, shots, validation: false, results: options.results }, methods: [method] },
    Number(options.workers),
  );

const { records } = await readRecords(options.results);
const order = new Map(pictogramTasks().map((task, i) => [task, i]));
const of = (some: Tuned[]): RunRecord[] =>
  some.flatMap(one =>
    records
      .filter(({ config }) => config.method === idOf(one) && seeds.includes(config.seed) && tasks.includes(config.task))
      .sort((a, b) => order.get(a.config.task)! - order.get(b.config.task)!),
  );
const here = (some: Tuned[]) => some.filter(one => methods.includes(one));
const main = here(known);
const ablated = [...main.filter(({ method }) => method === 'dgprompt'), ...here(ablations)];

const sections = [
  section(
    'Base-to-new',
    main,
    'Every method with the settings that [the search](search.md) chose on validation images of base classes.',
  ),
  ...(ablated.length > 1
    ? [section('Ablations of DGPrompt', ablated, 'One thing changed at a time, everything else as chosen.')]
    : []),
];
const { versions, machine } = environment();
const text = `# The pictogram tasks

Made by \`npm run results -w @dgprompt/bench\`: ${tasks.length} tasks, ${shots} shots, seeds ${seeds.join(', ')} (few-shot sample, start, order of batches). Accuracy in %, mean
over seeds ± sample standard deviation; H of the average is the harmonic mean of the averages.

${sections.join('\n')}
## Settings and time

| method | settings | seconds a run |
| --- | --- | ---: |
${[...main, ...here(ablations)].map(one => `| ${methodTitle(idOf(one))} | ${describe(one.settings) || '–'} | ${seconds(of([one]))} |`).join('\n')}

Settings not named are the published ones. A run is training on a task's base classes and testing on both halves, on one thread, beside another run.

dgprompt ${versions['@dgprompt/bench']}, onnxruntime-node ${versions['onnxruntime-node']}, Node ${versions.node}, ${machine.cpu}, ${machine.cores} cores; ${duration(records.reduce((sum, { timings }) => sum + timings.total, 0))} of computing in all.
`;
await mkdir(dirname(options.out), { recursive: true });
await writeFileAtomic(options.out, text);
console.log(`Written: ${options.out}`);

function section(title: string, some: Tuned[], about: string): string {
  const table = makeTable(of(some));
  return [`## ${title}`, about, tableMarkdown(table), `${readTable(table)}\n`].join('\n\n');
}

function seconds(some: RunRecord[]): string {
  return (some.reduce((sum, { timings }) => sum + timings.total, 0) / Math.max(1, some.length)).toFixed(1);
}
