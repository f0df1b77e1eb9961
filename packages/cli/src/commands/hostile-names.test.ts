import { readdirSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { readRecords } from '@dgprompt/bench';
import { writeRecord } from '@dgprompt/bench/records';
import { sampleRecord } from '@dgprompt/bench/testing/sample-record';
import { tinyClip } from '@dgprompt/bench/testing/tiny';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { copyScript } from '../report/copy.js';
import { parsed } from '../report/parsed.js';
import { hostileNames, obeyed } from '../testing/hostile-names.js';
import { callCli } from '../testing/run-cli.js';

/** Those of the names that folders can have. */
const onDisk = hostileNames.filter(name => !name.includes('/'));

let root: string;
let model: string;
const place = (...names: string[]) => join(root, ...names);

/** Runs a command and checks that its output contains nothing that a terminal obeys. */
async function said(...args: string[]) {
  const ended = await callCli(args);
  expect([args[0], obeyed(ended.stdout), obeyed(ended.stderr)]).toEqual([args[0], undefined, undefined]);
  expect(ended.stderr).not.toMatch(/^\s+at /m);
  return ended;
}

async function done(...args: string[]) {
  const ended = await said(...args);
  expect({ args, code: ended.code, stderr: ended.code === 0 ? '' : ended.stderr }).toEqual({
    args,
    code: 0,
    stderr: '',
  });
  return ended;
}

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-hostile-'));
  model = await tinyClip();
});

describe.skipIf(process.platform === 'win32')('a folder of images whose classes and tasks have hostile names', () => {
  const task = '\u001b[2J\u202e<b>`x`|=task\n# two';
  const quick = () => ['--model', model, '--threads', '1'];
  const results = () => place('results');

  beforeAll(async () => {
    const images = place('suite', task);
    for (const [i, name] of onDisk.entries()) {
      await mkdir(join(images, name), { recursive: true });
      for (let n = 0; n < 6; n++) {
        const background = { r: (i * 10) % 256, g: (n * 40) % 256, b: (i * 37) % 256 };
        await sharp({ create: { width: 24, height: 24, channels: 3, background } })
          .png()
          .toFile(join(images, name, `${n}.png`));
      }
    }
    await cp(images, place('suite', '__proto__'), { recursive: true });
    const args = ['--suite', place('suite'), '--results', results(), '--epochs', '1', '--shots', '1', ...quick()];
    const { code, stderr } = await said('bench', ...args, '--methods', 'clip,coop:tokens=2', '--protocol', 'few-shot');
    expect([code, code === 0 || stderr]).toEqual([0, true]);
  });

  test('each class has its own counts in the records', async () => {
    const { records, damaged } = await readRecords(results());
    expect([records.length, damaged]).toEqual([4, []]);
    expect(records.map(({ config }) => config.task).sort()).toEqual([task, task, '__proto__', '__proto__'].sort());
    for (const { tests } of records) {
      const { perClass, confusion, total } = tests.all!;
      expect(Object.keys(perClass)).toHaveLength(onDisk.length);
      const counts = Object.values(confusion!).flatMap(row => Object.values(row));
      expect(counts.reduce((a, b) => a + b)).toBe(total);
    }
  });

  test('tables in every format, status, repeat, zero-shot and dry runs work', async () => {
    for (const format of ['text', 'markdown', 'latex', 'csv', 'json'])
      await done('table', '--results', results(), '--format', format);
    const { tables } = JSON.parse((await done('table', '--results', results(), '--json')).stdout);
    expect(tables[0].tasks.map(({ name }: { name: string }) => name).sort()).toEqual([task, '__proto__'].sort());
    await done('status', '--results', results());
    await done('compare', 'clip', 'CoOp:tokens=2', '--results', results());
    const [run] = readdirSync(results()).filter(name => name !== 'plans');
    await done('repeat', join(results(), run!), '--suite', place('suite'), '--model', model);
    const { stdout } = await done('zero-shot', '--suite', place('suite'), ...quick(), '--json');
    expect(Object.keys(JSON.parse(stdout).tasks).sort()).toEqual([task, '__proto__'].sort());
    await done('zero-shot', '--suite', place('suite'), ...quick());
    const more = ['--suite', place('suite'), '--results', place('more'), '--shots', '1', ...quick()];
    await done('bench', ...more, '--methods', 'clip', '--protocol', 'few-shot', '--dry-run');
    const { stderr } = await done('bench', ...more, '--methods', 'clip', '--protocol', 'few-shot', '--json');
    for (const line of stderr.trim().split('\n')) expect(() => JSON.parse(line)).not.toThrow();
  });

  test('the report shows names as text', async () => {
    const out = place('report.html');
    await done('report', '--results', results(), '--out', out, '--suite', place('suite'), '--model', model);
    const html = await readFile(out, 'utf8');
    expect(obeyed(html)).toBeUndefined();
    const { all, text } = parsed({ html: html.replace(/^.*<body>|<\/body>.*$/gs, '') });
    expect(all('script').map(script => script.textContent)).toEqual([copyScript]);
    expect(all('[onerror], [onload], a[href^="javascript"], img:not([src^="data:"])')).toHaveLength(0);
    expect(text).toContain('<img src=x onerror=');
    expect(text).toContain('constructor');
  });

  test('a classifier is trained, used, tested and exported; its card and page show names as text', async () => {
    const [images, out] = [place('suite', '__proto__'), place('classifier')];
    const fast = ['--epochs', '1', '--augment', 'none', '--method', 'coop:tokens=2', '--skip-broken'];
    await done('train', images, '--out', out, ...fast, ...quick());
    const card = await readFile(join(out, 'card.md'), 'utf8');
    expect(obeyed(card)).toBeUndefined();
    expect(card).not.toMatch(/(?<!\\)<img|(?<!\\)<script|(?<!\\)\]\(javascript/);
    for (const form of [[], ['--json'], ['--csv']]) {
      const { stdout } = await done('predict', out, images, '--model', model, '--top', '25', ...form);
      if (form[0] === '--csv') expect(stdout).not.toMatch(/(^|,)"?[=+@-]/m);
      if (form[0] !== '--json') continue;
      const { predictions } = JSON.parse(stdout.split('\n')[0]!) as { predictions: { label: string }[] };
      expect(predictions.map(({ label }) => label)).toContain('__proto__'.replaceAll('_', ' ').trim() || '__proto__');
    }
    const page = place('mistakes.html');
    await done('evaluate', out, images, '--out', page, '--model', model);
    await done('evaluate', out, images, '--out', page, '--model', model, '--json');
    const html = await readFile(page, 'utf8');
    expect(obeyed(html)).toBeUndefined();
    expect(html.split('<script')).toHaveLength(2);
    expect(html).toContain(`<script>${copyScript}</script>`);
    expect(html).not.toMatch(/<img src=x|href="javascript/);
    await done('export', out, '--format', 'web', '--out', place('web'), '--model', model);
    expect(await readFile(place('web', 'classifier.js'), 'utf8')).not.toMatch(/[^ -~\n]|</);
    await done('export', out, '--out', place('classifier.onnx'), '--model', model);
    await said('interpret', out, '--model', model);
  });

  test('data check and show, and errors that name such a folder', async () => {
    const images = `folder:${place('suite', task)}`;
    await said('data', 'check', images);
    await said('data', 'check', images, '--json');
    await done('data', 'show', images, '--shots', '1', '--out', place('sheet.png'));
    for (const name of onDisk) {
      await said('bench', '--suite', place(name, 'none'), '--results', place(name), '--methods', name, '--tasks', name);
      await said('table', '--results', place('none', name));
      await said('report', '--results', place('none', name));
      await said('status', '--results', place('none', name));
      await said('repeat', place('none', name));
      await said('compare', name, `${name}2`, '--results', results());
      await said('predict', place('none', name), name);
      await said('train', place('none', name), '--out', place('none'), '--method', name);
      await said('import', name, '--method', name, '--classes', name, '--out', place('none'));
      await said('describe', name);
      await said('bench', '--config', name);
      await said('bench', '--executor', name, '--protocol', name);
      await said('bench', `--${name}`);
      await said(name);
      await said('data', 'prepare', name, '--root', place('none'));
    }
  });
});

test('records with hostile names everywhere work in tables, pages and states', async () => {
  const results = place('records');
  for (const [i, name] of hostileNames.entries()) {
    const perClass = Object.fromEntries(hostileNames.map((one, n) => [one, n]));
    const confusion = Object.fromEntries(
      hostileNames.map(one => [
        one,
        Object.fromEntries([
          [one, 1],
          [name, 2],
        ]),
      ]),
    );
    const record = sampleRecord({ task: name, suite: 'hostile', method: i % 2 === 0 ? 'clip' : name }, 50 + i, 40);
    const own = i % 2 === 0 ? {} : { own: { title: name, summary: name, ablations: [name] } };
    const base = { ...record.tests.base!, perClass, confusion };
    const text = { notes: [name], machine: { ...record.machine, cpu: name, system: name }, versions: { [name]: name } };
    await writeRecord(results, { ...record, ...own, ...text, tests: { ...record.tests, base } });
  }
  const transfer = sampleRecord({ protocol: 'cross-dataset', task: '__proto__' }, {});
  const test = sampleRecord({}, 1, 1).tests.base!;
  const tests = Object.fromEntries(hostileNames.map(name => [name, test]));
  await writeRecord(results, { ...transfer, tests });
  for (const format of ['text', 'markdown', 'latex', 'csv', 'json']) {
    const { stdout } = await done('table', '--results', results, '--format', format);
    if (format === 'markdown') expect(stdout).not.toMatch(/(?<!\\)<(?!\/?u>)|(?<!\\)\]\(|^# h/m);
    if (format === 'csv') expect(stdout).not.toMatch(/(^|,)"?[=+@](?!\d*\.?\d+(,|$))/m);
    if (format === 'latex') expect(stdout).not.toMatch(/(?<!\\)\\input|^\s*\[/m);
    if (format === 'json') expect(Object.keys(JSON.parse(stdout).tables)).not.toHaveLength(0);
  }
  await done('status', '--results', results);
  const out = place(`${basename(results)}.html`);
  await done('report', '--results', results, '--out', out);
  const html = await readFile(out, 'utf8');
  expect(obeyed(html)).toBeUndefined();
  const { all } = parsed({ html: html.replace(/^.*<body>|<\/body>.*$/gs, '') });
  expect(all('script').map(script => script.textContent)).toEqual([copyScript]);
  expect(all('[onerror], img')).toHaveLength(0);
});
