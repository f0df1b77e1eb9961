import { execFile } from 'node:child_process';
import { mkdtemp, readdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

const program = `
import { compile, useDevice } from ${JSON.stringify(fileURLToPath(new URL('../index.ts', import.meta.url)))};
import * as tf from '@tensorflow/tfjs-core';
await useDevice();
const double = compile(x => tf.mul(x, 2));
console.log((await double(tf.ones([2]))).dataSync()[0], process.env.ORT_DISABLE_TELEMETRY);
await double.dispose();
`;

/** Runs a program in an empty home, as on a machine that is not CI: ONNX Runtime writes no events if CI is set. */
async function atHome(more: Record<string, string>) {
  const home = await mkdtemp(join(tmpdir(), 'dgprompt-home-'));
  const { CI: _ci, ORT_DISABLE_TELEMETRY: _off, XDG_CACHE_HOME: _cache, ...env } = process.env;
  const args = ['--import', import.meta.resolve('tsx'), '--input-type=module', '-e', program];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, args, {
    cwd,
    env: { ...env, HOME: home, TMPDIR: home, ...more },
  });
  return { stdout: stdout.trim(), left: (await readdir(home, { recursive: true })).filter(name => !/tsx-/.test(name)) };
}

test('ONNX Runtime collects no usage events: nothing is left in the home or temporary folder', async () => {
  expect(await atHome({})).toEqual({ stdout: '2 1', left: [] });
});

test("a user's own setting takes precedence", async () => {
  expect((await atHome({ ORT_DISABLE_TELEMETRY: '0' })).stdout).toBe('2 0');
});
