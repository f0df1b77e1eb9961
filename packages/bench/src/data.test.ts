import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { callCli } from './run-cli.js';

const published = fileURLToPath(new URL('../../../../shared/data', import.meta.url));
if (!existsSync(published)) console.warn(`Skipped: the published few-shot sets are not there (${published}).`);

describe('dgprompt data sample', () => {
  test.skipIf(!existsSync(published)).each(['Caltech101', 'DescribableTextures', 'EuroSAT', 'OxfordPets'])(
    'prints the published few-shot sets of %s as JSON and nothing else',
    async name => {
      const sets: Record<string, unknown> = JSON.parse(readFileSync(`${published}/few-shot/${name}.json`, 'utf8'));
      expect(Object.keys(sets)).toHaveLength(15);
      for (const [key, set] of Object.entries(sets)) {
        const [, shots, seed] = key.match(/^shot_(\d+)-seed_(\d+)$/)!;
        const split = `${published}/splits/split_zhou_${name}.json`;
        const said = await callCli(['data', 'sample', '--split', split, '--shots', shots!, '--seed', seed!]);
        expect(said).toMatchObject({ code: 0, stderr: '' });
        expect(JSON.parse(said.stdout)).toEqual(set);
      }
    },
  );

  test('says in one sentence what is wrong with a split', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-split-')), 'split.json');
    const sample = async (split: unknown, ...args: string[]) => {
      await writeFile(file, JSON.stringify(split));
      const { code, stdout, stderr } = await callCli(['data', 'sample', '--split', file, ...args]);
      expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
      return stderr;
    };
    const gap = {
      train: [
        ['a.jpg', 0, 'a'],
        ['c.jpg', 2, 'c'],
      ],
      val: [],
      test: [],
    };
    expect(await sample(gap)).toContain('no picture has label 1; labels must run from 0 without gaps');
    const few = { train: [['a.jpg', 0, 'a']], val: [], test: [] };
    expect(await sample(few, '--shots', '4')).toContain(
      'at most 1 training images a class, so 4 shots cannot be drawn',
    );
    const gone = await callCli(['data', 'sample', '--split', '/no/split.json']);
    expect(gone).toMatchObject({ code: 1, stderr: 'dgprompt: /no/split.json is not there.\n' });
  });

  test('a wrong command line is exit code 2', async () => {
    expect((await callCli(['data', 'smaple'])).stderr).toContain('Did you mean sample?');
    expect(await callCli(['data', 'sample'])).toMatchObject({ code: 2, stdout: '' });
    expect(await callCli(['data', 'sample', '--split', 'x', '--shots', '0'])).toMatchObject({ code: 2 });
  });
});
