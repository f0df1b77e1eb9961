import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { beforeAll, expect, test } from 'vitest';
import { callCli } from './run-cli.js';

let model: string;
let suite: string;
beforeAll(async () => {
  model = await tinyClip();
  suite = await tinySuite(['bright', 'pair']);
  for (const name of ['red', 'green', 'blue']) await rm(join(suite, 'pair', name), { recursive: true });
});

/** Runs `bench`; a run that cannot start must leave nothing in the results. */
async function bench(...args: string[]) {
  const results = join(await mkdtemp(join(tmpdir(), 'dgprompt-bad-')), 'results');
  const outcome = await callCli(['bench', '--suite', suite, '--model', model, '--results', results, ...args]);
  expect(await readdir(dirname(results))).toEqual([]);
  return outcome;
}

test.each([
  [['--tasks', 'bright', '--methods', 'maple:rank=3'], 2, 'Unknown option of maple "rank"'],
  [['--tasks', 'bright', '--shots', '4', '--methods', 'maple:depth=3'], 1, 'maple: depth 3 is more than the 2 layers'],
  [
    ['--tasks', 'bright', '--shots', '4', '--methods', 'coop:tokens=34'],
    1,
    'this CLIP takes 40; give at most 32 context tokens',
  ],
  [['--tasks', 'bright', '--shots', '0'], 2, '--shots 0 leaves nothing to train on in base-to-new'],
  [['--tasks', 'bright', '--methods', 'coop'], 1, 'at most 5 training images per class, so 16 shots cannot be drawn'],
  [['--tasks', 'pair', '--methods', 'coop'], 1, 'pair has 1 class'],
  [
    ['--tasks', 'bright', '--shots', '4', '--methods', 'clip:memory+memory.strength=-1'],
    1,
    'memory.strength is -1; it',
  ],
  [
    ['--tasks', 'bright', '--shots', '4', '--methods', 'clip:memory+memory.ridge=0'],
    1,
    'memory.ridge is 0; it must be',
  ],
  [
    ['--tasks', 'bright', '--shots', '4', '--methods', 'tip-adapter:memory'],
    1,
    'has no text features that other classes share',
  ],
  [['--tasks', 'pair', '--protocol', 'joint', '--methods', 'clip:memory'], 1, 'pair has 1 class'],
])('%j is refused before any training', async (args, exitCode, sentence) => {
  const { code, stderr } = await bench(...args);
  expect(stderr).toContain(sentence);
  expect(code).toBe(exitCode);
});
