import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinySuite } from '@dgprompt/bench/testing/tiny';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
let root: string;
let images: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-service-'));
  images = join(await tinySuite(['colours']), 'colours');
});
afterAll(() => rm(root, { recursive: true, force: true }));

test('the HTTP service of docs/guides/own-classifier.md answers like predict, and survives a bad image', async () => {
  const text = await readFile(here('../../../../docs/guides/own-classifier.md'), 'utf8');
  const program = /^```js\n([\s\S]*?)^```/m.exec(text)![1]!;
  expect(program.trim().split('\n').length).toBeLessThanOrEqual(20);
  const classifier = join(root, 'classifier');
  await callCli(['train', images, '--out', classifier, '--method', 'coop', '--epochs', '1', '--augment', 'none']);
  const file = join(root, 'service.mts');
  await writeFile(file, `// @ts-nocheck\n${program}`);

  const child = spawn(process.execPath, ['--import', import.meta.resolve('tsx'), file, classifier, '0'], {
    env: { ...process.env, TSX_TSCONFIG_PATH: here('../../tsconfig.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    const port = await new Promise<string>((resolve, reject) => {
      child.stdout.on('data', data => resolve(String(data).match(/port (\d+)/)![1]!));
      child.on('exit', code => reject(new Error(`The service ended with ${code}.`)));
    });
    const ask = async (body?: Uint8Array<ArrayBuffer>) => {
      const response = await fetch(`http://127.0.0.1:${port}`, body ? { method: 'POST', body } : {});
      return { status: response.status, body: (await response.json()) as { label: string }[] };
    };
    const image = join(images, 'red', '1.png');
    const [good, bad, none, again] = await Promise.all([
      ask(new Uint8Array(await readFile(image))),
      ask(new TextEncoder().encode('no image')),
      ask(),
      ask(new Uint8Array(await readFile(image))),
    ]);
    const { stdout } = await callCli(['predict', classifier, image, '--top', '3', '--json']);
    const { predictions } = JSON.parse(stdout);
    expect(good.status).toBe(200);
    expect(good.body.map(({ label }) => label)).toEqual(predictions.map(({ label }: { label: string }) => label));
    expect(again.body).toEqual(good.body);
    expect(bad).toMatchObject({ status: 400, body: { error: expect.stringContaining('cannot be read as an image') } });
    expect(none.status).toBe(405);
    const large = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', body: new Uint8Array(20_000_001) });
    expect([large.status, await large.json()]).toEqual([413, { error: 'POST at most 20000000 bytes.' }]);
  } finally {
    child.kill();
  }
});
