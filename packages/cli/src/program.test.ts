import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeRecord } from '@dgprompt/bench/records';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { describe, expect, test } from 'vitest';
import { callCli, startCli } from './testing/run-cli.js';

describe('a wrong name suggests the nearest known one and exits with code 2', () => {
  test.each([
    [['bnch'], 'Did you mean bench?'],
    [['bench', '--metods', 'clip'], 'Did you mean --methods?'],
    [['bench', '--methods', 'clip,mapel'], 'Did you mean "maple"?'],
    [['bench', '--suite', 'eurosta'], 'Did you mean "eurosat"?'],
    [['bench', '--suite', 'paper'], 'paper needs --root DIR'],
    [['bench', '--suite', 'paper', '--root', '/data', '--tasks', 'flowres102'], 'Known: imagenet'],
    [['zero-shot', '--suite', 'dtd', '--root', '/data'], 'name a CLIP with --model'],
    [['bench', '--suite', 'pictogram'], 'Did you mean "pictograms"?'],
    [['bench', '--tasks', 'mamals'], 'Did you mean "mammals"?'],
    [['zero-shot', '--tasks', 'wether'], 'Did you mean "weather"?'],
    [['bench', '--device', 'gpu'], 'Did you mean "webgpu"?'],
    [['bench', '--backend', 'onnx'], 'Did you mean "onnxruntime"?'],
    [['bench', '--shots', 'many'], 'whole number'],
    [['bench', '--seeds', '1,,2'], 'with commas between'],
    [['bench', '--threads', '-1'], 'whole number from 0 to 512'],
  ])('%j', async (args, hint) => {
    const { code, stdout, stderr } = await callCli(args);
    expect(stderr).toContain(hint);
    expect(code).toBe(2);
    expect(stdout).toBe('');
  });
});

test('a separate process exits with the same code', async () => {
  const { code, stdout, stderr } = await startCli(['bench', '--metods', 'clip']).ended;
  expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
  expect(stderr).toContain('Did you mean --methods?');
});

test('--version prints the version of the package', async () => {
  const { version } = JSON.parse(await readFile(new URL('../package.json', import.meta.url), 'utf8'));
  expect(await callCli(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
});

test('a missing model is reported in one line', async () => {
  const { code, stderr } = await callCli(['zero-shot', '--model', '/no/such/model']);
  expect(code).toBe(1);
  expect(stderr).toContain('/no/such/model');
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
});

describe('dgprompt table', () => {
  test('prints the table of the records and writes it as Markdown', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-table-'));
    await writeRecord(folder, sampleRecord({}, 69.34, 74.22));
    await writeRecord(folder, sampleRecord({ method: 'maple' }, 82.28, 75.14));
    const { code, stdout } = await callCli(['table', '--results', folder, '--out', join(folder, 'deep', 'table.md')]);
    expect(code).toBe(0);
    expect(stdout).toContain('MaPLe has the highest H, 78.5');
    const markdown = await readFile(join(folder, 'deep', 'table.md'), 'utf8');
    expect(markdown).toContain('| average | MaPLe | **82.3** | **75.1** | **78.5** |');
  });

  test('--json prints only JSON', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-table-'));
    await writeRecord(folder, sampleRecord({}, 69.34, 74.22));
    const { stdout, stderr } = await callCli(['table', '--results', folder, '--json']);
    const { tables } = JSON.parse(stdout);
    expect(tables[0].overall.cells.clip.H.mean).toBeCloseTo(71.7, 2);
    expect(tables[0].title).toBe('pictograms, base-to-new, 16 shots, seed 1');
    expect(stderr).toBe('');
  });

  test('a file’s ending sets its format, and --format that of stdout', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-table-'));
    await writeRecord(folder, sampleRecord({}, 69.34, 74.22));
    const file = join(folder, 'tables.tex');
    const { stdout } = await callCli(['table', '--results', folder, '--out', file, '--format', 'csv']);
    expect(stdout).toMatch(/^table,protocol,row,/);
    expect(await readFile(file, 'utf8')).toContain('\\begin{tabular}');
    const wrong = await callCli(['table', '--results', folder, '--out', 'tables.xls']);
    expect(wrong.code).toBe(2);
    expect(wrong.stderr).toContain('.md for Markdown, .tex for LaTeX');
    expect((await callCli(['table', '--format', 'html'])).code).toBe(2);
  });

  test('says what to do without records', async () => {
    const { code, stderr } = await callCli(['table', '--results', '/no/such/folder']);
    expect(code).toBe(1);
    expect(stderr).toContain('There are no records in /no/such/folder.');
  });
});
