import { mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { runName } from '@dgprompt/bench/runs';
import { tinyClip } from '@dgprompt/bench/testing/tiny';
import { seededRandom } from '@dgprompt/engine';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

const trees = ['ash', 'beech', 'cedar', 'dark_elm'];
const sentences = { ash: ['an ash.'], beech: ['a beech.', 'pale bark.'], cedar: ['a cedar.'], 'dark elm': ['an elm.'] };

let model: string;
let suite: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgprompt-descriptions-'));
  [model, suite] = [await tinyClip(), join(folder, 'suite')];
  const random = seededRandom(1);
  for (const name of trees) {
    await mkdir(join(suite, 'trees', name), { recursive: true });
    for (let i = 0; i < 10; i++) {
      const pixels = Uint8Array.from({ length: 16 * 16 * 3 }, () => random.integer(256));
      const image = sharp(pixels, { raw: { width: 16, height: 16, channels: 3 } });
      await image.png().toFile(join(suite, 'trees', name, `${i}.png`));
    }
  }
});

async function fileOf(content: unknown): Promise<string> {
  const file = join(await mkdtemp(join(folder, 'file-')), 'said.json');
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content));
  return file;
}

const common = ['--epochs', '1', '--threads', '1', '--model'];
const bench = (results: string, ...more: string[]) =>
  callCli([
    ...['bench', '--suite', suite, '--results', results, '--shots', '2', ...common, model],
    ...(more.includes('--methods') ? [] : ['--methods', 'coop,coprompt']),
    ...more,
  ]);

describe('--descriptions', () => {
  test('gives different runs, keyed by the sentences, for the methods that take them', async () => {
    const results = join(folder, 'results');
    const said = await fileOf(sentences);
    await bench(results);
    await bench(results, '--descriptions', said);
    await bench(results, '--descriptions', await fileOf(JSON.stringify(sentences, null, 2))); // the same
    const answer = await bench(results, '--descriptions', await fileOf({ ...sentences, ash: ['a tall ash.'] }));
    expect(answer.code).toBe(0);
    const { records } = await readRecords(results);
    const of = (method: string) => records.filter(({ config }) => config.method === method);
    expect(of('coop').map(({ config }) => config.descriptions)).toEqual([undefined]);
    expect(of('coprompt')).toHaveLength(3);
    expect(new Set(of('coprompt').map(({ config }) => config.descriptions)).size).toBe(3);
    expect(new Set(of('coprompt').map(({ epochs }) => epochs[0]!.loss)).size).toBe(3);

    const { config } = of('coprompt').find(one => one.config.descriptions !== undefined)!;
    const repeat = (...more: string[]) =>
      callCli(['repeat', join(results, runName(config)), '--suite', suite, '--model', model, ...more]);
    expect((await repeat()).stderr).toContain('name their file with --descriptions');
  }, 240_000);

  test('trains on a folder of images', async () => {
    const out = join(folder, 'classifier');
    const given = ['train', join(suite, 'trees'), '--out', out, '--method', 'coprompt', ...common, model];
    const { code, stderr } = await callCli([...given, '--descriptions', await fileOf(sentences)]);
    expect(code, stderr).toBe(0);
    const run = JSON.parse(await readFile(join(out, 'run.json'), 'utf8')) as { task: object };
    expect(run.task).toMatchObject({ descriptions: { 'dark elm': ['an elm.'] } });
  }, 240_000);

  test.each([
    ['{"ash": ', /said\.json cannot be used for descriptions: it is not JSON/],
    [['ash'], /said\.json: descriptions must be an object with a list of sentences for each class name\./],
    [{ ...sentences, ash: [] }, /said\.json: the sentences for "ash" are \[\]; they must be a list of at least one\./],
    [{ ash: ['an ash.'] }, /said\.json: there are no sentences for the class "beech"; add a list of them/],
    [{ ...sentences, oak: ['an oak.'] }, /said\.json has sentences for "oak", which is no class of these tasks/],
    [
      { ...sentences, ash: ['ash '.repeat(80)] },
      /said\.json: a sentence for "ash" has \d+ tokens, and this CLIP reads/,
    ],
  ])(
    'refuses %j in one sentence',
    async (content, sentence) => {
      const { code, stdout, stderr } = await bench(join(folder, 'refused'), '--descriptions', await fileOf(content));
      expect(stderr + stdout).toMatch(sentence);
      expect(code).not.toBe(0);
    },
    120_000,
  );

  test('says which methods take them if none of the chosen ones does', async () => {
    const { stderr } = await bench(join(folder, 'x'), '--methods', 'coop', '--descriptions', await fileOf(sentences));
    expect(stderr).toMatch(/--descriptions .*said\.json has no effect on coop; leave it out, or add a method/);
    expect(stderr).toContain('(coprompt, hicropl)');
  });
});
