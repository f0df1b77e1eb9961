/**
 * Chooses each method's settings once for all tasks, on validation images of base classes alone (see validation-suite.ts), and writes what it
 * tried and found as Markdown and JSON. Records are kept as the bench keeps them, so a search that was cut goes on where it was.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { type AnyMethod, defineMethod, type MethodFactory, resolveMethod } from '@dgprompt/methods';
import { miniClip } from '@dgprompt/pictograms';
import { bench } from '../src/bench.js';
import { readRecords } from '../src/record.js';
import { reporter } from '../src/reporter.js';
import { chooseTasks, openSuite } from '../src/suite.js';
import { harmonicMean } from '../src/table.js';
import { type Settings, searches } from './grid.js';
import { validationSuite } from './validation-suite.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    methods: { type: 'string', default: Object.keys(searches).join(',') },
    tasks: { type: 'string' },
    results: { type: 'string', default: join(root, '.cache/search') },
    out: { type: 'string', default: join(root, 'docs/results/search') },
    workers: { type: 'string', default: '2' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(`Chooses settings on validation images of base classes; started again after a cut, it goes on.

  npm run search -w @dgprompt/bench -- [--methods maple,dgprompt] [--tasks weather,food] [--workers 2] [--results FOLDER] [--out FILE]

  --workers  processes, each with one thread (the numbers do not depend on how many)
  --results  records of the runs (default: .cache/search of the repository)
  --out      the report, without .md and .json (default: docs/results/search)`);
  process.exit(0);
}

const suite = validationSuite(await openSuite('pictograms'));
const tasks = chooseTasks(suite, options.tasks?.split(','));
const shots = 16;
const seed = 1;

/** A method with other standard settings, and an id that says which. */
function withSettings(name: string, settings: Settings): MethodFactory {
  const { definition } = resolveMethod(name);
  const { recipe } = definition;
  return defineMethod({
    ...definition,
    name: idOf(name, settings),
    recipe: about => ({ ...recipe(about), ...settings }),
  });
}
const idOf = (name: string, settings: Settings) => `${name} ${describe(settings)}`.trim();
const describe = (settings: Settings) =>
  Object.entries(settings)
    .map(([key, value]) => `${key}=${value}`)
    .sort()
    .join(' ');

/** Runs some methods on some tasks, in this process. */
async function runHere(methods: AnyMethod[], some: string[]): Promise<void> {
  await useDevice({ device: 'cpu', threads: 1, backend: 'onnxruntime' });
  const clip = await loadClip(miniClip);
  await bench({
    ...{ clip, suite, shots, threads: 1, tasks: some, seeds: [seed], results: options.results, reporter: reporter() },
    methods: methods as MethodFactory[],
  });
}

/** Runs candidates on all tasks, the tasks dealt to worker processes. */
async function runAll(name: string, candidates: Settings[]): Promise<void> {
  const workers = Number(options.workers);
  const running = Array.from({ length: workers }, async (_, share) => {
    const child = fork(fileURLToPath(import.meta.url), process.argv.slice(2), {
      execArgv: process.execArgv,
      env: { ...process.env, SEARCH_JOB: JSON.stringify({ name, candidates, share, workers }) },
    });
    const [code] = await once(child, 'exit');
    if (code !== 0) throw new Error(`A worker ended with code ${code}; what it had finished is kept.`);
  });
  await Promise.all(running);
}

interface Score {
  settings: Settings;
  base: number;
  new: number;
  harmonicMean: number;
}

async function scores(name: string, candidates: Settings[]): Promise<Score[]> {
  const { records } = await readRecords(options.results);
  return candidates.map(settings => {
    const own = records.filter(
      ({ config }) =>
        config.method === idOf(name, settings) && config.suite === suite.name && tasks.includes(config.task),
    );
    if (own.length !== tasks.length)
      throw new Error(
        `${idOf(name, settings)}: ${own.length} records for ${tasks.length} tasks in ${options.results}.`,
      );
    const mean = (of: 'base' | 'new') => own.reduce((sum, { result }) => sum + result[of]!.top1, 0) / own.length;
    const [base, fresh] = [mean('base'), mean('new')];
    return { settings, base, new: fresh, harmonicMean: harmonicMean(base, fresh) };
  });
}

async function search(name: string): Promise<{ name: string; stages: Score[][]; best: Score }> {
  const stages: Score[][] = [];
  let best: Score | undefined;
  for (const stage of searches[name]!) {
    const candidates = stage.map(settings => ({ ...best?.settings, ...settings }));
    await runAll(name, candidates);
    const found = await scores(name, candidates);
    stages.push(found);
    best = found.reduce((a, b) => (b.harmonicMean > a.harmonicMean ? b : a));
    console.log(`${name}: ${describe(best.settings)}  H ${best.harmonicMean.toFixed(2)}`);
  }
  return { name, stages, best: best! };
}

const row = ({ settings, base, new: fresh, harmonicMean: h }: Score, bestOne: boolean) =>
  `| ${describe(settings)} | ${[base, fresh, h].map(x => x.toFixed(2)).join(' | ')} | ${bestOne ? 'kept' : ''} |`;

async function write(found: Awaited<ReturnType<typeof search>>[], seconds: number): Promise<void> {
  const sections = found.flatMap(({ name, stages }) => [
    `## ${name}`,
    '',
    '| settings | base | new | H | |',
    '| --- | --- | --- | --- | --- |',
    ...stages.flatMap(stage => {
      const top = Math.max(...stage.map(s => s.harmonicMean));
      return stage.map(s => row(s, s === stage.find(t => t.harmonicMean === top)));
    }),
    '',
  ]);
  const text = `# How settings were chosen

Made by \`npm run search -w @dgprompt/bench\`. Of each of the ${tasks.length} tasks only the base classes, trained on ${shots} shots (seed ${seed}) of the first half of them
and tested on validation images of that half ("base") and of the other half ("new"). No new class and no test image takes part. Percent, averaged over
tasks; H is the harmonic mean of the averages. A line starts from the best of the stage before and is kept if its H is the highest.

${sections.join('\n')}`;
  await mkdir(dirname(options.out), { recursive: true });
  await writeFile(`${options.out}.md`, text);
  const chosen = Object.fromEntries(found.map(({ name, best }) => [name, best.settings]));
  await writeFile(`${options.out}.json`, `${JSON.stringify(chosen, null, 2)}\n`);
  console.log(`Written: ${options.out}.md and .json (${Math.round(seconds / 60)} minutes this time)`);
}

const job = process.env.SEARCH_JOB;
if (job !== undefined) {
  const { name, candidates, share, workers } = JSON.parse(job) as {
    name: string;
    candidates: Settings[];
    share: number;
    workers: number;
  };
  await runHere(
    candidates.map(settings => withSettings(name, settings)),
    tasks.filter((_, i) => i % workers === share),
  );
  process.exit(0);
} else {
  const started = performance.now();
  const found = [];
  for (const name of options.methods.split(',')) found.push(await search(name));
  await write(found, (performance.now() - started) / 1000);
}
