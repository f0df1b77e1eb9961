import { mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunRecord, readRecords } from '@dgprompt/bench';
import { runName } from '@dgprompt/bench/runs';
import { tinyClip } from '@dgprompt/bench/testing/tiny';
import { seededRandom } from '@dgprompt/engine';
import sharp from 'sharp';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let model: string;
let suite: string;
beforeAll(async () => {
  const cache = await newFolder();
  process.env.DGPROMPT_CACHE = cache; // no features of an earlier test
  [model, suite] = [await tinyClip(), join(cache, 'suite')];
  const random = seededRandom(1);
  for (const name of ['ash', 'beech', 'cedar', 'elm']) {
    await mkdir(join(suite, 'trees', name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      // noise, so that no two crops are alike
      const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, () => random.integer(256));
      const image = sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } });
      await image.png().toFile(join(suite, 'trees', name, `${i}.png`));
    }
  }
});
afterAll(() => void delete process.env.DGPROMPT_CACHE);

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-cache-features-'));

const bench = (...more: string[]) => benchOf('coop,promptsrc', ...more);

/** The output of the command and the records it wrote. */
async function benchOf(methods: string, ...more: string[]) {
  const results = await newFolder();
  const answer = await callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', results, '--shots', '2'],
    ...(methods.startsWith('lpplusplus') ? [] : ['--epochs', '3']),
    ...['--threads', '1', '--methods', methods, ...more],
  ]);
  const { records } = await readRecords(results);
  return { ...answer, results, records };
}

const numbers = (records: RunRecord[]) =>
  records.map(({ tests, epochs }) => [tests.base?.confusion, epochs.map(({ loss }) => loss)]);

test('plain images, cached views and new views in every epoch are different runs, and records say which', async () => {
  const plain = await bench();
  const still = await bench('--cache-features');
  const two = await bench('--cache-features', '2');
  const recipes = [plain, still, two].map(({ records }) => records[0]!.config.recipe);
  expect(recipes[0]).toEqual({ lr: 0.002, epochs: 3, batch: 32, augment: true });
  expect(recipes[1]).toEqual({ ...recipes[0], augment: false });
  expect(recipes[2]).toEqual({ ...recipes[0], cacheFeatures: 2 });
  const all = [plain, still, two].flatMap(({ records }) => records);
  expect(new Set(all.map(({ config }) => runName(config))).size).toBe(6);
  expect(new Set(all.map(({ epochs }) => epochs[0]!.loss)).size).toBe(6);
  expect((await bench('--cache-features=0')).records.map(({ config }) => config)).toEqual(
    still.records.map(({ config }) => config),
  );
});

test('views are also in the config of a method that is fitted in one step, and the published crops with them', async () => {
  const recipe = async (methods: string, ...more: string[]) =>
    (await benchOf(methods, ...more)).records[0]!.config.recipe;
  expect(await recipe('lpplusplus')).toEqual({ cropScale: 0.5 });
  expect(await recipe('lpplusplus:cropScale=0.08')).toEqual({ cropScale: 0.08 });
  expect(await recipe('lpplusplus', '--cache-features')).toEqual({ augment: false });
  expect(await recipe('tip-adapter-f')).toMatchObject({ cropScale: 0.5, augment: true });
  expect(await recipe('tip-adapter-f', '--cache-features')).not.toHaveProperty('cropScale');
  expect(await recipe('coprompt')).toMatchObject({ augmentation: 'randaugment', augment: true });
  expect(await recipe('coprompt', '--cache-features')).not.toHaveProperty('augmentation');
});

test('a name that sets random views is refused where training sees whole images', async () => {
  for (const name of ['coprompt:augmentation=crops', 'lpplusplus:cropScale=0.08']) {
    const { code, stderr } = await benchOf(name, '--cache-features');
    expect(code).toBe(1);
    expect(stderr).toContain(`${name.split(':')[1]} has no effect, since training sees whole images; leave it out`);
  }
});

test('cached views of a benchmark with fixed views are augmented, as its record says', async () => {
  const results = await newFolder();
  const weather = ['bench', '--tasks', 'weather', '--shots', '1', '--methods', 'coop,gda', '--epochs', '2'];
  for (const views of ['0', '2']) await callCli([...weather, '--results', results, `--cache-features=${views}`]);
  const { records } = await readRecords(results);
  const [coop, gda] = ['coop', 'gda'].map(name => records.filter(({ config }) => config.method === name));
  expect(coop!.map(({ config }) => config.recipe.augment).toSorted()).toEqual([false, true]);
  expect(new Set(coop!.map(({ epochs }) => epochs[0]!.loss)).size).toBe(2);
  const augmented = { augment: true, cacheFeatures: 2 }; // it is fitted to random views
  expect(gda!.map(({ config }) => config.recipe)).toEqual(expect.arrayContaining([{}, augmented]));
});

test('progress shows features being computed', async () => {
  const { stderr } = await bench('--cache-features', '2', '--seeds', '77', '--json');
  expect(stderr).toContain('image features 4/8');
});

test('workers give the same numbers, and repeat is bit-identical', async () => {
  const here = await bench('--cache-features', '2', '--seeds', '3');
  const workers = await bench('--cache-features', '2', '--seeds', '3', '--workers', '2');
  expect(workers.records.map(({ config }) => config)).toEqual(here.records.map(({ config }) => config));
  expect(numbers(workers.records)).toEqual(numbers(here.records));
  for (const { config } of here.records) {
    const run = join(here.results, runName(config));
    const { stdout } = await callCli(['repeat', run, '--suite', suite, '--model', model]);
    expect(stdout).toMatch(/^✓ Bit-identical: 3 epochs/);
  }
});

test('an invalid number of views is one sentence', async () => {
  for (const wrong of ['-1', '1.5', 'many']) {
    const { code, stderr } = await bench(`--cache-features=${wrong}`);
    expect(code).toBe(2);
    expect(stderr.trim()).toMatch(
      /^error: option '--cache-features \[n\]' argument '.*' is invalid. It must be a whole/,
    );
  }
});

test('train caches features too', async () => {
  const train = async (...more: string[]) => {
    const out = join(await newFolder(), 'classifier');
    const { code } = await callCli([
      ...['train', join(suite, 'trees'), '--out', out, '--model', model, '--epochs', '2', ...more],
    ]);
    expect(code).toBe(0);
    const { trained } = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
    return { losses: trained.epochs.map(({ loss }: { loss: number }) => loss), views: trained.views };
  };
  const [none, still, two] = [
    await train('--method', 'coop', '--augment', 'none'),
    await train('--method', 'coop', '--cache-features'),
    await train('--method', 'coop', '--cache-features', '2'),
  ];
  expect(still).toEqual(none);
  expect(two.losses).not.toEqual(none.losses);
  expect([none.views, two.views]).toEqual(['still', 'augmented, 2 of each image']);
  const ofMethod = await train('--method', 'coprompt');
  expect([ofMethod.views, ofMethod.losses.length]).toEqual(['randaugment', 2]);
});
