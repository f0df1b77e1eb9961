import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let given: string[];
let results: string;
beforeAll(async () => {
  results = await mkdtemp(join(tmpdir(), 'dgprompt-idle-'));
  given = ['bench', '--suite', await tinySuite(['dim']), '--model', await tinyClip(), '--threads', '1', '--shots', '2'];
});
const bench = (methods: string, ...more: string[]) =>
  callCli([...given, '--results', results, '--methods', methods, ...more]);

describe('options of training that no method of a bench uses', () => {
  test.each<[methods: string, options: string, message: string]>([
    [
      'clip,linear-probe',
      '--epochs=3 --keep=best --patience=2',
      '--epochs, --keep and --patience have no effect on clip and linear-probe, which take no gradient steps; leave them out.',
    ],
    [
      'tip-adapter',
      '--epochs=3',
      '--epochs has no effect on tip-adapter, which takes no gradient steps; leave it out.',
    ],
    ['clip', '--validate', '--validate has no effect on clip, which trains nothing; leave it out.'],
    [
      'clip,tpt',
      '--validate --cache-features',
      '--validate and --cache-features have no effect on clip and tpt, which train nothing; leave them out.',
    ],
  ])('are refused: %s %s', async (methods, options, message) => {
    const answer = await bench(methods, ...options.split(' '));
    expect(answer).toMatchObject({ code: 2, stdout: '' });
    expect(answer.stderr).toContain(`error: ${message}\n`);
    expect((await readRecords(results)).records).toEqual([]);
  });

  test('are taken if one of the methods uses them', async () => {
    expect(await bench('clip,coop', '--epochs', '1', '--validate')).toMatchObject({ code: 0 });
    expect(await bench('clip,linear-probe', '--validate', '--cache-features')).toMatchObject({ code: 0 });
  });
});
