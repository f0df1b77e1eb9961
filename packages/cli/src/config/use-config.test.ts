import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

const before = process.cwd();
beforeEach(async () => process.chdir(await mkdtemp(join(tmpdir(), 'dgprompt-config-'))));
afterEach(() => process.chdir(before));

/** The results folder that `dgprompt table` used, read from its error. */
const lookedIn = async (...args: string[]): Promise<string> => {
  const { stderr } = await callCli(['table', ...args]);
  return /no records in (\S+)\./.exec(stderr)?.[1] ?? stderr;
};

test.each([
  ['dgprompt.config.json', '{ "$schema": "./schema.json", "results": "kept" }'],
  ['dgprompt.config.mjs', "export default { results: 'kept' };"],
  ['dgprompt.config.js', "module.exports = { results: 'kept' };"],
  ['dgprompt.config.ts', "export default { results: 'kept' } satisfies { results: string };"],
])('%s in the current folder is found', async (name, text) => {
  await writeFile(name, text);
  expect(await lookedIn()).toBe('kept');
  expect(await lookedIn('--results', 'other')).toBe('other');
});

test('--config names another file, before the command or after it', async () => {
  await writeFile('dgprompt.config.json', '{ "results": "kept" }');
  await writeFile('mine.json', '{ "results": "mine" }');
  expect(await lookedIn('--config', 'mine.json')).toBe('mine');
  const { stderr } = await callCli(['--config', 'mine.json', 'table']);
  expect(stderr).toContain('no records in mine');
});

describe('a wrong config file is one line, exit code 2', () => {
  test.each([
    ['dgprompt.config.json', '{ "bench": { "metods": [] } }', 'Unknown bench key "metods". Did you mean "methods"?'],
    [
      'dgprompt.config.json',
      '{ "device": "gpu" }',
      'device "gpu" is invalid. Unknown device "gpu". Did you mean "webgpu"?',
    ],
    ['dgprompt.config.json', '{ "bench": ', 'dgprompt.config.json is not JSON'],
    ['dgprompt.config.mjs', 'throw new Error("no such thing")', 'dgprompt.config.mjs does not load: no such thing'],
    ['dgprompt.config.mjs', 'export const bench = {}', 'dgprompt.config.mjs has no default export'],
  ])('%s: %s', async (name, text, sentence) => {
    await writeFile(name, text);
    const { code, stdout, stderr } = await callCli(['table']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toContain(sentence);
    expect(stderr).toContain(name);
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  test('--config with a missing file', async () => {
    const { code, stderr } = await callCli(['table', '--config', 'none.json']);
    expect(code).toBe(2);
    expect(stderr).toContain('none.json cannot be read (ENOENT)');
  });

  test('two of them', async () => {
    await writeFile('dgprompt.config.json', '{}');
    await writeFile('dgprompt.config.mjs', 'export default {}');
    expect((await callCli(['table'])).stderr).toContain('dgprompt.config.mjs and dgprompt.config.json: keep one');
  });
});

test('an error that only the command can find names the file and its keys', async () => {
  await writeFile('dgprompt.config.json', '{ "bench": { "methods": ["mapel"] } }');
  const { code, stderr } = await callCli(['bench']);
  expect(code).toBe(2);
  expect(stderr).toContain('Did you mean "maple"?');
  expect(stderr).toContain('(dgprompt.config.json sets methods.)');
});

test('a wrong option in the methods section is an error that names the file', async () => {
  await writeFile('dgprompt.config.json', '{ "methods": { "maple": { "lrr": 1 } } }');
  const { code, stderr } = await callCli(['bench', '--methods', 'maple']);
  expect(code).toBe(2);
  expect(stderr).toContain('Did you mean "lr"?');
  expect(stderr).toContain('(dgprompt.config.json sets methods.)');
});

test('--help works without a valid config file', async () => {
  await writeFile('dgprompt.config.json', '{');
  expect((await callCli(['table', '--help'])).code).toBe(0);
});
