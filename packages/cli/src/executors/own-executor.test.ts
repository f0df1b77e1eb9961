import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { quotedPath } from '../terminal/this-command.js';
import { callCli } from '../testing/run-cli.js';
import { sourceEnvironment } from './command-line.js';

let model: string;
let suite: string;
const before = { ...process.env };
beforeAll(async () => {
  [model, suite] = [await tinyClip(), await tinySuite(['bright'])];
  Object.assign(process.env, sourceEnvironment());
});
afterEach(() => {
  process.env.PATH = before.PATH;
  delete process.env.HOSTS;
});

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-executor-'));

const bench = (executor: string, results: string, ...more: string[]) =>
  callCli([
    ...['bench', '--suite', suite, '--model', model, '--results', results, '--shots', '2', '--epochs', '1'],
    ...['--threads', '1', '--methods', 'clip,coop', '--executor', executor, ...more],
  ]);

async function executorFile(text: string): Promise<string> {
  const file = join(await newFolder(), 'mine.mjs');
  await writeFile(file, text);
  return file;
}

test.skipIf(process.platform === 'win32')(
  'the executor of docs/guides/slurm.md does runs on other machines',
  async () => {
    const page = await readFile(new URL('../../../../docs/guides/slurm.md', import.meta.url), 'utf8');
    const [, example] = /^```ts\n([\s\S]*?)^```/m.exec(page)!;
    // the copy that is type-checked
    expect(example).toBe(await readFile(new URL('../testing/ssh.ts', import.meta.url), 'utf8'));
    const folder = await newFolder();
    const file = join(folder, 'ssh.ts');
    await writeFile(file, example!);
    // One machine answers, the other does not.
    const answer = `#!/bin/bash\necho "$1" >> '${folder}/asked'\ntest "$1" = near || exit 255\neval "$2"\n`;
    await writeFile(join(folder, 'ssh'), answer, { mode: 0o755 });
    const results = join(folder, 'results');
    expect(await bench(file, results)).toMatchObject({ code: 2, stderr: 'error: Name the machines: HOSTS=one,two.\n' });
    await rm(file);
    const again = join(folder, 'again.ts'); // a module is read once per process
    await writeFile(again, example!);
    Object.assign(process.env, { PATH: `${folder}:${process.env.PATH}`, HOSTS: 'far,near' });
    const { code, stderr } = await bench(again, results);
    expect(stderr).toContain(', by ssh on far, near');
    expect(code).toBe(0);
    const { records } = await readRecords(results);
    expect(records.map(({ config }) => config.method).sort()).toEqual(['clip', 'coop']);
    const asked = (await readFile(join(folder, 'asked'), 'utf8')).trim().split('\n');
    expect(asked.sort()).toEqual(['far', 'near', 'near']);
  },
);

describe('an executor in a file', () => {
  test('is asked by status about the runs it took', async () => {
    const file = await executorFile(`
      const taken = new Map();
      export const mine = {
        name: 'mine',
        async run(runs, { tasks, events }) {
          for (const { run, plan, index } of await tasks(runs))
            taken.set(JSON.parse((await import('node:fs')).readFileSync(plan, 'utf8')).runs[index].name, run);
          events.handedOver(runs, 'a farm');
        },
        ask: async () => ({ notes: ['The farm is slow.'],
          runs: new Map([...taken.keys()].map(name => [name, { state: 'queued', who: 'farm job 7' }])) }),
      };`);
    const results = await newFolder();
    const { code, stdout, stderr } = await bench(file, results);
    expect(code).toBe(0);
    expect(stderr).toContain('2 runs: a farm');
    expect(stdout).toContain('2 runs are submitted');
    expect(stdout).toContain(`  dgprompt status --results ${quotedPath(results)}\n`);
    const status = await callCli(['status', '--results', results, '--executor', file, '--json']);
    expect(status.stderr).toBe('The farm is slow.\n');
    expect(JSON.parse(status.stdout)).toMatchObject({ counts: { queued: 2 }, runs: [{ who: 'farm job 7' }, {}] });
    const without = await callCli(['status', '--results', results, '--json']);
    expect(JSON.parse(without.stdout).counts).toMatchObject({ queued: 0, waiting: 2 });
  });

  test('is an error if it does nothing with its runs', async () => {
    const file = await executorFile("export const idle = { name: 'idle', async run() {} };");
    const { code, stderr } = await bench(file, await newFolder());
    expect(stderr).toContain(
      'The executor idle returned, and 2 runs had neither finished nor failed nor been handed over; its function run must report every run.\n',
    );
    expect(code).toBe(1);
  });

  test('counts a run as failed if its process ends ten times, and retries it only on request', async () => {
    const file = await executorFile(`
      export const lazy = {
        name: 'lazy',
        async run(runs, { tasks, settle }) {
          for (const task of await tasks(runs)) while (!(await settle(task, 'exit code 9'))) {}
        },
      };`);
    const results = await newFolder();
    const first = await bench(file, results);
    expect(first.code).toBe(1);
    expect(first.stderr).toContain('its process ended 10 times: exit code 9');
    expect((await bench(file, results)).stderr).toContain('2 of 2 runs failed (see above); add --retry-failed');
    expect((await bench('local', results, '--retry-failed')).code).toBe(0);
  });

  test.each([
    ['export const other = 1;', /mine\.mjs exports no executor: an object with a name and a function run\./],
    ["export const a = { name: 'a', run: 3 };", /mine\.mjs: run of a is number; it must be a function\./],
    ["export const a = { name: 'a', run() {}, ask: {} };", /mine\.mjs: ask of a is object; it must be a function\./],
    ['export const a = { name: 5, run() {} };', /mine\.mjs: an executor's name is 5; it must be letters/],
    [
      "export const a = { name: 'a', run() {} }; export const b = { name: 'b', run() {} };",
      /mine\.mjs exports 2 executors \(a, b\); export one\./,
    ],
    ['export const = 1;', /mine\.mjs does not load: .*mine\.mjs:1:14\)\./],
  ])('%s is an error', async (text, sentence) => {
    const { code, stderr } = await bench(await executorFile(text), 'results');
    expect(stderr).toMatch(sentence);
    expect(code).toBe(2);
  });
});
