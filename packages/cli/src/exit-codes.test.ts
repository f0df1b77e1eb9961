import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { expect, test } from 'vitest';
import type { exitCodes } from './exit-codes.js';
import { startCli } from './testing/run-cli.js';

const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-exit-'));

/** For each documented code, commands that end with it. */
const ends: Record<keyof typeof exitCodes, (() => Promise<number | null>)[]> = {
  0: [() => end('--version')],
  1: [async () => end('table', '--results', await newFolder())],
  2: [
    () => end('bnch'),
    async () => {
      const config = join(await newFolder(), 'config.json');
      await writeFile(config, '{ "bench": { "shots": "many" } }');
      return end('bench', '--config', config);
    },
  ],
  130: [
    async () => {
      const suite = await tinySuite(['dim']);
      const model = await tinyClip();
      const out = await newFolder();
      const images = join(suite, 'dim');
      const { child, ended } = startCli(['train', images, '--model', model, '--out', out, '--epochs', '1000']);
      let sent = false; // a second Ctrl-C would end the process at once
      child.stderr?.on('data', text => {
        if (!sent && String(text).includes('epoch 2/')) sent = child.kill('SIGINT');
      });
      return (await ended).code;
    },
  ],
};

const end = async (...args: string[]) => (await startCli(args).ended).code;

test.each(Object.entries(ends).flatMap(([code, runs]) => runs.map((run, i) => [Number(code), i, run] as const)))(
  'exit code %i occurs (%i)',
  async (code, _, run) => {
    expect(await run()).toBe(code);
  },
);
