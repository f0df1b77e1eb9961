import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { callCli, startCli } from '../testing/run-cli.js';

let root: string;
let images: string;
let model: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-train-methods-'));
  images = join(await tinySuite(['colours']), 'colours');
  model = await tinyClip();
});
afterAll(() => rm(root, { recursive: true, force: true }));

const command = (out: string, ...more: string[]) => ['train', images, '--model', model, '--out', out, ...more];
const quick = ['--epochs', '1', '--batch', '4', '--augment', 'none'];
const titles = ['CLIP', 'CLIP:memory', 'linear probe', 'DGPrompt'];

test('without --method, four methods are tried and listed in a table, and the best is saved', async () => {
  const out = join(root, 'best');
  const { code, stdout, stderr } = await callCli(command(out, ...quick));
  expect(code).toBe(0);
  expect(stderr).toContain('4 methods on ');
  expect(stderr).toContain('8 for validation');
  for (const title of titles) expect(stderr).toMatch(new RegExp(`^ {2}${title} · validation [\\d.]+ % · `, 'm'));
  const rows = titles.map(title => new RegExp(`^ ${title} +([\\d.]+) +[\\d.]+ +(saved)? *$`, 'm').exec(stdout)!);
  const scores = rows.map(row => Number(row[1]));
  const saved = scores.indexOf(Math.max(...scores));
  expect(rows.map(row => row[2])).toEqual(titles.map((_, i) => (i === saved ? 'saved' : undefined)));
  expect(stdout).toContain(`${titles[saved]} was saved: the best on 8 validation images; of equal ones, the first.`);
  const run = JSON.parse(await readFile(join(out, 'run.json'), 'utf8'));
  expect(run.method).toBe(['clip', 'clip:memory', 'linear-probe', 'dgprompt'][saved]);
  expect((await callCli(['predict', out, join(images, 'red/1.png')])).code).toBe(0);
});

test('options reach the method they belong to', async () => {
  const set = ['--set', 'dgprompt.tokens=1', '--set', 'linear-probe.c=0.5'];
  const { stdout } = await callCli(command(join(root, 'set'), ...quick, ...set, '--json'));
  const { compared } = JSON.parse(stdout);
  expect(compared.methods.map(({ name }: { name: string }) => name)).toEqual([
    ...['clip', 'clip:memory', 'linear-probe:c=0.5', 'dgprompt:tokens=1'],
  ]);
});

test('Ctrl-C during DGPrompt saves the best so far, and the same command continues', async () => {
  const out = join(root, 'stopped');
  const args = command(out, ...quick, '--epochs', '400');
  const { child, ended } = startCli(args);
  let sent = false;
  child.stderr?.on('data', text => {
    if (!sent && String(text).includes('epoch 2/400')) sent = child.kill('SIGINT');
  });
  const { code, stdout, stderr } = await ended;
  expect(code).toBe(130);
  expect(stdout).toMatch(/^ DGPrompt .* interrupted after epoch \d+ of 400 *$/m);
  expect(stdout).toMatch(/ was saved: the best on 8 validation images/);
  expect(stderr).toContain('Interrupted. Finished epochs are kept; run the same command to resume');
  expect((await callCli(['predict', out, join(images, 'red/1.png')])).code).toBe(0);
  expect(await readdir(out)).toContain('.training');

  const next = startCli(args);
  next.child.stderr?.on('data', text => {
    if (String(text).includes('resuming')) next.child.kill('SIGINT');
  });
  const { stderr: again } = await next.ended;
  expect(again).toMatch(/resuming after epoch \d+ of 400/);
  const line = /linear probe · validation .*/.exec(stderr)![0];
  expect(again).toContain(line); // with its original seconds
});

test('without validation images, the methods on frozen features are cross-validated', async () => {
  const few = await tinySuite(['bright']);
  const folder = join(few, 'bright');
  for (const name of await readdir(folder))
    for (const file of (await readdir(join(folder, name))).slice(2)) await rm(join(folder, name, file));
  const out = join(root, 'few');
  const { code, stdout } = await callCli(['train', folder, '--model', model, '--out', out, ...quick]);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^ DGPrompt .* not trained, without validation images *$/m);
  expect(stdout).toContain(
    'CLIP was saved: the first, since there are no validation images, and one training image per',
  );
});
