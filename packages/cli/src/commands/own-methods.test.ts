import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readRecords } from '@dgprompt/bench';
import { codeHash } from '@dgprompt/bench/methods';
import { tinySuite } from '@dgprompt/bench/testing/tiny';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quoted } from '../terminal/this-command.js';
import { callCli, startCli } from '../testing/run-cli.js';

/** A user's file with two methods; every command must treat them like built-in ones. */
const source = `
import { defineMethod } from '@dgprompt/methods';
import { textContext } from '@dgprompt/prompts';
import * as tf from '@tensorflow/tfjs-core';

const build = (clip, { tokens, init, pull }, random) => {
  const text = textContext(clip, { tokens, init }, random);
  return {
    variables: text.variables,
    context: text,
    textFeatures: classNames => clip.text(classNames, { prompts: text }),
    loss: ({ crossEntropy }) => tf.mul(1 + pull, crossEntropy),
  };
};

export const other = defineMethod({
  name: 'other',
  options: { tokens: 1, init: 'a', pull: 0 },
  searchStages: false,
  recipe: () => ({ lr: 0.002, epochs: 1, batch: 4 }),
  build,
});

export const pulled = defineMethod({
  name: 'pulled',
  title: 'Pulled CoOp',
  summary: 'CoOp with a stronger pull',
  options: { tokens: 2, init: 'a photo', pull: 1 },
  variants: { free: { pull: 0 } },
  ablations: ['free'],
  searchStages: [['pull=2', 'pull=3']],
  recipe: () => ({ lr: 0.002, epochs: 1, batch: 4 }),
  build,
});
`;

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const file = here(`own-methods-${process.pid}.tmp.mjs`); // where its imports resolve
let [suite, work] = ['', ''];
beforeAll(async () => {
  await writeFile(file, source);
  suite = await tinySuite(['bright'], 8);
  work = await mkdtemp(join(tmpdir(), 'dgprompt-own-'));
});
afterAll(() => rm(file, { force: true }));

const called = async (...args: string[]) => {
  const { code, stdout, stderr } = await callCli(args);
  expect(stderr).not.toMatch(/^(error|dgprompt):/m);
  expect(code).toBe(0);
  return { stdout, stderr };
};

describe('a classifier trained with a custom method', () => {
  const classifier = () => join(work, 'classifier');
  const images = () => join(suite, 'bright');
  const from = ['--methods-from', file];

  test('is trained with variants and options, from its name, --set and the config file', async () => {
    const config = join(work, 'config.json');
    await writeFile(config, JSON.stringify({ methods: { [file]: { tokens: 3 }, pulled: { lr: 0.5 } } }));
    const method = ['--method', `${file}:pulled:free`, '--set', 'pulled.lr=0.01', '--config', config];
    const { stdout, stderr } = await called('train', images(), '--out', classifier(), ...method, '--augment', 'none');
    expect(stdout).toContain(`dgprompt predict ${quoted(classifier())} photo.jpg --methods-from ${quoted(file)}\n`);
    expect(stderr).toContain('Pulled CoOp:tokens=3+lr=0.01+free on');
    const run = JSON.parse(await readFile(join(classifier(), 'run.json'), 'utf8'));
    expect(run).toMatchObject({ method: 'pulled:tokens=3+lr=0.01+free', options: { tokens: 3, pull: 0 } });
    expect(run.recipe.lr).toBe(0.01);
    expect(JSON.stringify(run)).not.toContain('.tmp.mjs'); // data never names code
    expect(run.code).toBe(await codeHash(file));
    expect(await readFile(join(classifier(), 'card.md'), 'utf8')).toContain(
      'Method Pulled CoOp:tokens=3+lr=0.01+free,',
    );
  });

  test.each<[string, (folder: string) => string[], RegExp]>([
    ['predict', () => [join(images(), 'red', '0.png')], /red\/0\.png {2}\w+ \d/],
    ['evaluate', () => [images(), '--out', join(work, 'mistakes.html')], /% of \d+ test images correct/],
    ['export', () => ['--out', join(work, 'classifier.onnx')], /classifier\.onnx: \d/],
    ['interpret', () => [], /^Pulled CoOp:tokens=3\+lr=0\.01\+free \(Euclidean/],
  ])('is opened by %s with --methods-from, and without it one sentence says so', async (command, args, found) => {
    const without = await callCli([command, classifier(), ...args('')]);
    expect(without).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: ${classifier()} was made by the method "pulled", which is not built in: name the file that exports it with --methods-from ./file.ts.\n`,
    });
    expect((await called(command, classifier(), ...args(''), ...from)).stdout).toMatch(found);
  });

  test('is not opened, and its training does not resume, with different code of the same name', async () => {
    const changed = file.replace('.tmp.mjs', '-changed.tmp.mjs');
    const working = join(work, 'resumed', '.training');
    await writeFile(changed, source.replace('1 + pull', '2 + pull'));
    try {
      const commands = [
        ['predict', classifier(), join(images(), 'red', '0.png')],
        ['evaluate', classifier(), images(), '--out', join(work, 'other.html')],
        ['export', classifier(), '--out', join(work, 'other.onnx')],
        ['interpret', classifier()],
      ];
      for (const command of commands)
        expect(await callCli([...command, '--methods-from', changed])).toEqual({
          code: 2,
          stdout: '',
          stderr: `error: ${classifier()} was trained with another version of ${changed}; train again, or restore the file.\n`,
        });
      const train = (from: string) =>
        startCli(['train', images(), '--out', dirname(working), '--method', `${from}:pulled`, '--epochs', '300']);
      const { child, ended } = train(file);
      child.stderr?.on('data', text => String(text).includes('epoch 2/300') && child.kill('SIGINT'));
      expect((await ended).code).toBe(130);
      const { code, stderr } = await train(changed).ended;
      expect(stderr).toContain(`${working} holds a checkpoint by another version of the code of pulled; restore`);
      expect(code).toBe(1);
    } finally {
      await rm(changed, { force: true });
    }
  }, 60_000);

  test('a file without that method is reported too', async () => {
    const wrong = join(work, 'wrong.mjs');
    const definition = "{ id: 'pushed', definition: { name: 'pushed', options: {} } }";
    await writeFile(wrong, `export const pushed = Object.assign(() => {}, ${definition});`);
    const { code, stderr } = await callCli(['interpret', classifier(), '--methods-from', wrong]);
    expect(stderr).toMatch(/not built in; .*wrong\.mjs does not export it: name the file/);
    expect(code).toBe(2);
  });

  test('one of several methods of a file must be named', async () => {
    const train = (method: string) => callCli(['train', images(), '--out', join(work, 'none'), '--method', method]);
    const { code, stderr } = await train(file);
    expect(stderr).toBe(`error: --method ${file} is 2 methods (other, pulled); name one, as ${file}:other.\n`);
    expect(code).toBe(2);
    expect((await train('all')).stderr).toContain('name one, as clip.');
  });
});

test.each([
  ['bench', ['--methods']],
  ['bench', ['--protocol']],
  ['bench', ['--executor']],
  ['bench', ['--config']],
  ['search', ['--methods']],
  ['train', ['.', '--out', 'out', '--method']],
  ['describe', []],
])('%s %j FILE shows file, line and column of a syntax error', async (command, flag) => {
  await writeFile(join(work, 'broken.ts'), 'const a: number = 1;\nexport const b: = a;\n');
  const { code, stderr } = await startCli([command, ...flag, './broken.ts'], { cwd: work }).ended;
  expect(stderr).toBe('error: ./broken.ts does not load: Unexpected "=" (./broken.ts:2:17).\n');
  expect(code).toBe(2);
});

describe('a bench with a custom method', () => {
  const results = () => join(work, 'results');
  const data = () => ['--suite', suite, '--tasks', 'bright', '--shots', '2', '--threads', '1'];

  test('has its title, variants, options and ablations', async () => {
    const names = `coop:epochs=1,${file}:pulled,${file}:pulled:ablations,${file}:other:tokens=2`;
    const { stdout } = await called(
      'bench',
      ...data(),
      '--results',
      results(),
      '--methods',
      names,
      '--set',
      'other.lr=0.01',
    );
    expect(stdout).toContain('Pulled CoOp without its parts');
    const { records } = await readRecords(results());
    const ids = records.map(({ config }) => config.method).sort();
    expect(ids).toEqual(['coop:epochs=1', 'other:tokens=2+lr=0.01', 'pulled', 'pulled:free']);
    const facts = { title: 'Pulled CoOp', summary: 'CoOp with a stronger pull', ablations: ['free'] };
    expect(records.map(({ own }) => own)).toEqual(
      expect.arrayContaining([undefined, facts, facts, { title: 'other' }]),
    );
  });

  test('runs in worker processes, with options and a file given by a relative path', async () => {
    const name = `./${basename(file)}`;
    const many = join(work, 'many');
    const methods = ['--methods', `${name}:pulled:pull=2,${name}:other`, '--set', 'other.tokens=2', '--workers', '2'];
    const { ended } = startCli(['bench', ...data(), '--results', many, ...methods], { cwd: dirname(file) });
    expect(await ended).toMatchObject({ code: 0 });
    const { records } = await readRecords(many);
    expect(records.map(({ config }) => config.method).sort()).toEqual(['other:tokens=2', 'pulled:pull=2']);
  });

  test('tables and the report display it without its file; the report finds words with it', async () => {
    // processes that never saw the file
    const { stdout, code } = await startCli(['table', '--results', results()]).ended;
    expect(stdout).toContain('Pulled CoOp without its parts');
    expect(code).toBe(0);
    const page = async (...more: string[]) => {
      const out = join(work, 'report.html');
      const { ended } = startCli(['report', '--results', results(), '--out', out, ...more]);
      expect(await ended).toMatchObject({ code: 0, stderr: '' });
      return readFile(out, 'utf8');
    };
    const without = await page();
    expect(without).toContain('<dt>Pulled CoOp</dt><dd>CoOp with a stronger pull</dd>');
    expect(without).toContain('<dt>CoOp</dt><dd>learned context vectors before the class name</dd>');
    expect(without).toContain('name the file that exports it with --methods-from');
    expect(without).toContain('--methods-from FILE</code>');
    expect(await page('--methods-from', file)).toContain('Words near Pulled CoOp"');
  });

  test('is compared by its title, and repeats to the same bits', async () => {
    const compared = await called('compare', 'Pulled CoOp', 'coop:epochs=1', '--results', results());
    expect(compared.stdout).toContain('Pulled CoOp');
    const folder = (await readdir(results())).find(name => name.includes('pulled-free'))!;
    const repeat = ['repeat', join(results(), folder), '--suite', suite];
    const without = await callCli(repeat);
    expect(without.stderr).toContain('was made by the method "pulled", which is not built in');
    expect(without.code).toBe(2);
    expect((await called(...repeat, '--methods-from', file)).stdout).toMatch(/^✓ Bit-identical/);
  });

  test('is searched by the stages in its definition, and the bench uses the result', async () => {
    const out = join(work, 'found');
    const search = [
      'search',
      ...data(),
      '--results',
      join(work, 'search'),
      '--out',
      out,
      '--lr',
      '1,2',
      '--epochs',
      '2',
    ];
    const { stdout } = await called(...search, '--methods', `${file}:pulled:tokens=3`);
    expect(stdout).toMatch(/^Pulled CoOp +H /);
    const { methods } = JSON.parse(await readFile(`${out}.json`, 'utf8'));
    const tried: { options: string }[] = methods.pulled.tried;
    expect(tried).toHaveLength(5);
    expect(tried[4]!.options).toContain('pull=3');
    const { records } = await readRecords(join(work, 'search'));
    expect(records.every(({ config }) => config.options.tokens === 3)).toBe(true);
    const bench = await called(
      'bench',
      ...data(),
      '--results',
      join(work, 'chosen'),
      '--settings',
      `${out}.json`,
      ...['--methods', `${file}:pulled:tokens=3`],
    );
    expect(bench.stdout).toContain('Pulled CoOp:tokens=3');
    const [chosen] = (await readRecords(join(work, 'chosen'))).records;
    const best = methods.pulled.chosen;
    expect(best).toContain(`lr=${chosen!.config.recipe.lr}`);
    const none = await callCli([...search, '--methods', `${file}:other`]);
    expect(none.stderr).toBe('error: other has no settings to search here; leave it out.\n');
  });
});
