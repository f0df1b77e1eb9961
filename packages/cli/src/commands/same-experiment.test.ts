import { execFile } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type RunRecord, readRecords } from '@dgprompt/bench';
import { runName } from '@dgprompt/bench/runs';
import { type Clip, loadClip } from '@dgprompt/clip';
import { classSubset, type Dataset, fewShot, folder, loadBenchmark } from '@dgprompt/datasets';
import { makeMiniature } from '@dgprompt/datasets/testing/miniature';
import { useDevice } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import { evaluate, type Method, methodNames, resolveMethod, train } from '@dgprompt/methods';
import { namedVariables } from '@dgprompt/methods/method';
import { loadTask, miniClip } from '@dgprompt/pictograms';
import { beforeAll, describe, expect, test } from 'vitest';
import { fruit, photograph } from '../testing/photographs.js';
import { callCli } from '../testing/run-cli.js';
import { shallowClip } from '../testing/shallow-clip.js';

const seed = 2;
const few = ['--seeds', `${seed}`, '--epochs', '2', '--threads', '1'];
/** All methods, with reduced settings for those that adapt to each test image or use large batches. */
const ids = methodNames.map(id => {
  if (id === 'tpt') return 'tpt:views=2+selection=0.5';
  const task = { protocol: 'few-shot', shots: 4, images: 16, dataset: '', templates: [] } as const;
  return resolveMethod(id).definition.recipe({ ...task, templates: [] }).batch > 32 ? `${id}:batch=8` : id;
});
const methods = ['--methods', ids.join(',')];
/** One of each kind, for the task with many classes. */
const kinds = ['clip', 'linear-probe', 'tip-adapter-f', 'coop', 'maple', 'promptsrc', 'clip-lora', 'dgprompt'].map(
  id => ids.find(one => one.split(':')[0] === id)!,
);

/** The mini-CLIP's first layers: tests with every method spend most of their time on building graphs. */
let shallow: { folder: string; clip: Clip };
let photographs: string;
let root: string;
const temporary = (name: string) => mkdtemp(join(tmpdir(), `dgprompt-${name}-`));
beforeAll(async () => {
  await useDevice({ threads: 1 });
  const model = await shallowClip();
  shallow = { folder: model, clip: await loadClip(model) };
  photographs = await fruit(join(await temporary('same'), 'fruit'));
  root = await temporary('root');
  await makeMiniature(root, 'oxford_pets');
  const images = join(root, 'oxford_pets', 'images');
  for (const name of await readdir(images))
    await photograph(join(images, name), [name.charCodeAt(0) % 256, 130, (3 * name.charCodeAt(2)) % 256]);
});

/** Runs `bench` and returns its records by method. */
async function benched(...args: string[]): Promise<{ results: string; records: Map<string, RunRecord> }> {
  const results = await temporary('results');
  const { code, stderr } = await callCli(['bench', ...few, '--results', results, ...args]);
  if (code !== 0) throw new Error(stderr);
  const { records } = await readRecords(results);
  return { results, records: new Map(records.map(record => [record.config.method, record])) };
}

/** The ten-line program, on the given data. */
async function programmed(id: string, shots: Dataset, tests: Record<string, Dataset>) {
  const method = resolveMethod(id)(shallow.clip, shots, { epochs: 2 });
  const losses: number[] = [];
  const trains = method.recipe.epochs > 0 || method.learner.fit;
  if (trains) for await (const { loss } of train(method)) losses.push(loss);
  const accuracies: Record<string, unknown> = {};
  for (const [name, data] of Object.entries(tests)) {
    const refused = method.learner.classSpecific && data.classNames !== shots.classNames;
    accuracies[name] = refused ? null : perClass(await evaluate(method, data));
  }
  return { method, losses, accuracies };
}

const perClass = ({ perClass }: Awaited<ReturnType<typeof evaluate>>) =>
  Object.fromEntries(perClass.map(({ classname, accuracy }) => [classname, accuracy]));

/** The same for a record. */
const recorded = ({ tests }: RunRecord) =>
  Object.fromEntries(Object.entries(tests).map(([name, result]) => [name, result?.perClass ?? null]));

async function expectSame(record: RunRecord, { method, losses, accuracies }: Awaited<ReturnType<typeof programmed>>) {
  const { config, epochs } = record;
  expect(method.options).toEqual(config.options);
  expect(epochs.map(({ loss }) => loss)).toEqual(losses);
  expect(recorded(record)).toEqual(accuracies);
  expect([method.seed, method.task.shots, method.task.dataset]).toEqual([config.seed, config.shots, config.task]);
  const { cropScale: _, augmentation: __, ...recipe } = method.recipe; // pictograms are not augmented
  if (epochs.length > 1) expect(config.recipe).toMatchObject(recipe);
}

async function expectBaseToNew(records: Map<string, RunRecord>, shots: Dataset, methods: readonly string[]) {
  const [base, rest] = [classSubset(shots, 'base'), classSubset(shots, 'new')];
  for (const id of methods) {
    const done = await programmed(id, base, { base, new: rest });
    await expectSame(records.get(id)!, done);
    expect(done.method.assumed).toBeUndefined();
    done.method.dispose();
  }
}

describe('a program and the command run the same experiment', () => {
  test('base to new on a pictogram task, with one method of each kind', async () => {
    const model = ['--tasks', 'weather', '--model', shallow.folder];
    const { records } = await benched(...model, '--shots', '1', '--methods', kinds.join(','));
    await expectBaseToNew(records, fewShot(await loadTask('weather'), 1, seed), kinds);
  });

  test('base to new on a folder of JPEGs, with every method', async () => {
    const model = ['--suite', `folder:${photographs}`, '--model', shallow.folder];
    const { records } = await benched(...model, '--shots', '4', ...methods);
    await expectBaseToNew(records, fewShot(await folder(photographs), 4, seed), ids);
  });

  test('few-shot on a published data set, with every method', async () => {
    const model = ['--suite', 'oxford_pets', '--root', root, '--model', shallow.folder];
    const { records } = await benched(...model, '--protocol', 'few-shot', '--shots', '4', ...methods);
    const shots = fewShot(await loadBenchmark('oxford_pets', root), 4, seed);
    for (const id of ids) {
      const done = await programmed(id, shots, { all: shots });
      await expectSame(records.get(id)!, done);
      done.method.dispose();
    }
  });

  test('the first program of the README', async () => {
    const readme = await readFile(fileURLToPath(new URL('../../../../README.md', import.meta.url)), 'utf8');
    const program = readme.match(/^```ts\n([\s\S]*?)^```/m)![1]!;
    const out = await inNode(
      `import { useDevice } from '@dgprompt/engine';\nawait useDevice({ threads: 1 });\n${program}`,
    );
    const args = ['--tasks', 'weather', '--shots', '4', '--methods', 'dgprompt', '--threads', '1'];
    const results = await temporary('results');
    expect((await callCli(['bench', '--results', results, ...args])).code).toBe(0);
    const [record] = (await readRecords(results)).records;
    const { epochs, tests } = record!;
    const lines = [...epochs.map(({ number, loss }) => [number, loss]), [tests.base!.top1, tests.new!.top1]];
    expect(out.trim().split('\n')).toEqual(lines.map(line => line.join(' ')));
  });

  test('`train` learns the prompts of `bench`, and a program learns both', async () => {
    const { results, records } = await benched(
      ...['--suite', `folder:${photographs}`, '--model', miniClip, '--protocol', 'few-shot', '--shots', '4'],
      ...['--methods', 'maple', '--keep', 'best'],
    );
    const out = join(await temporary('trained'), 'classifier');
    const args = ['--method', 'maple', '--shots', '4', '--seed', `${seed}`, '--epochs', '2', '--threads', '1'];
    const { code, stderr } = await callCli(['train', photographs, '--out', out, '--model', miniClip, ...args]);
    expect([code, stderr]).toEqual([0, expect.any(String)]);
    const record = records.get('maple')!;
    const ofBench = prompts(join(results, runName(record.config), record.checkpoint!));
    expect(prompts(out)).toEqual(ofBench);

    const shots = fewShot(await folder(photographs), 4, seed);
    const method: Method = resolveMethod('maple')(await loadClip(miniClip), shots, { epochs: 2 });
    for await (const _ of train(method, { keep: 'best' }));
    for (const [name, variable] of namedVariables(method.learner))
      expect([name, [...variable.dataSync()]]).toEqual([name, ofBench[name]]);
  });
});

/** The output of a program, run in its own process on the packages' sources. */
async function inNode(program: string): Promise<string> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const folder = await mkdtemp(here('../../.turbo/program-'));
  try {
    const file = join(folder, 'first.mts');
    await writeFile(file, program);
    const env = { ...process.env, TSX_TSCONFIG_PATH: here('../../tsconfig.json') };
    return (await promisify(execFile)(process.execPath, ['--import', import.meta.resolve('tsx'), file], { env }))
      .stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function prompts(folder: string): Record<string, number[]> {
  const file = openSafetensors(join(folder, 'prompts.safetensors'));
  const all = Object.fromEntries([...file.tensors.keys()].map(name => [name, [...file.read(name)]]));
  file.close();
  return all;
}
