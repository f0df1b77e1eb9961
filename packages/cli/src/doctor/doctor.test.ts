import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtInDevices, devices, useDevice } from '@dgprompt/engine';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { fruit } from '../testing/photographs.js';
import { callCli } from '../testing/run-cli.js';
import { engineChecks } from './checks.js';
import { folderSize } from './folder-size.js';
import { checkSteps, goldenNames } from './golden-check.js';
import recorded from './golden-steps.json' with { type: 'json' };

const here = { device: 'cpu', threads: 1, backend: 'onnxruntime' } as const;
const newFolder = () => mkdtemp(join(tmpdir(), 'dgprompt-doctor-'));

afterEach(() => vi.unstubAllEnvs());

describe('the golden steps', () => {
  test.each(goldenNames)('%s: the recorded numbers match the plain CPU backend', async name => {
    await useDevice({ backend: 'cpu' });
    for (const { error } of await checkSteps(name)) expect(error).toBeLessThan(2e-6);
  });

  test('ONNX Runtime reproduces them', async () => {
    const checks = await engineChecks(here);
    expect(checks.map(({ name, ok }) => [name, ok])).toEqual([
      ['ONNX Runtime on cpu', true],
      ['MaPLe, two steps', true],
      ['dgprompt-first, two steps', true],
    ]);
    expect(checks[1]!.says).toMatch(/^largest error \d\.\de-[6-9] of 1\.0e-4 allowed/);
  });

  test('a difference is reported with its size', async () => {
    const losses = recorded.MaPLe.losses as number[];
    losses[1]! += 0.01;
    const checks = await engineChecks(here);
    losses[1]! -= 0.01;
    expect(checks.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(checks[1]!.says).toBe('largest error 1.0e-2 of 1.0e-4 allowed (losses)');
  });
});

describe('dgprompt doctor', () => {
  test('--json reports what is installed, where files are kept and what works', async () => {
    const cache = await newFolder();
    const results = join(await newFolder(), 'later', 'results');
    await mkdir(join(cache, 'pictograms', 'deep'), { recursive: true });
    await writeFile(join(cache, 'pictograms', 'deep', 'a'), 'abc');
    await writeFile(join(cache, 'pictograms', 'b'), 'defg');
    vi.stubEnv('DGPROMPT_CACHE', cache);
    const { code, stdout, stderr } = await callCli(['doctor', '--json', '--results', results, '--threads', '1']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { versions, threads, devices, places, checks } = JSON.parse(stdout);
    expect(versions.node).toBe(process.versions.node);
    expect(threads).toBe(1);
    expect(devices[0]).toEqual({ name: 'cpu' });
    expect(places[0]).toMatchObject({ name: 'results', path: results, exists: false, bytes: 0, writable: true });
    expect(places[1]).toMatchObject({ name: 'cache: pictograms', exists: true, bytes: 7, whole: true });
    expect(places[1].free).toBeGreaterThan(0);
    expect(checks.map(({ ok }: { ok: boolean }) => ok)).toEqual(checks.map(() => true));
  });

  test('a missing device is one line and exit code 1', async () => {
    const missing = devices.find(device => !builtInDevices().includes(device))!;
    const { code, stdout, stderr } = await callCli(['doctor', '--device', missing]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    const wrong = stdout.split('\n').filter(line => line.startsWith('✗'));
    expect(wrong).toHaveLength(1);
    expect(wrong[0]).toContain(`Device '${missing}' is not available`);
  });

  test('a precision that the device does not have is one line too', async () => {
    const { code, stdout } = await callCli(['doctor', '--precision', 'fp16']);
    expect(code).toBe(1);
    expect(stdout).toContain("✗ ONNX Runtime on cpu, fp16: Precision 'fp16' is for GPUs");
  });

  test('--precision int8 compares features, gradients and predictions with float32 on your images', async () => {
    const folder = await fruit(await newFolder(), 3);
    const asked = ['doctor', '--precision', 'int8', '--threads', '1', '--json', folder];
    const { code, stdout, stderr } = await callCli(asked);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const { int8, checks } = JSON.parse(stdout);
    expect(int8).toMatchObject({ images: 12, method: 'ivlp', changed: expect.any(Number) });
    expect(int8.features.least).toBeGreaterThan(0.99);
    expect(int8.features.least).toBeLessThan(0.999999);
    expect(int8.texts).toBeGreaterThan(0.999);
    expect(int8.gradients).toBeGreaterThan(0.995);
    const names = checks.map(({ name }: { name: string }) => name).filter((name: string) => name.startsWith('int8'));
    expect(names).toEqual(['int8, features', "int8, gradients of ivlp's prompts", 'int8, predictions', 'int8, speed']);
  });

  test('a folder without --precision int8 is refused', async () => {
    const { code, stderr } = await callCli(['doctor', './flowers']);
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('is for --precision int8.') });
  });

  test('an unwritable results folder is reported', async () => {
    const file = join(await newFolder(), 'file');
    await writeFile(file, '');
    const { code, stdout } = await callCli(['doctor', '--results', join(file, 'results')]);
    expect(code).toBe(1);
    expect(stdout).toContain(`✗ results: ${join(file, 'results')} is not writable`);
  });

  test('the config file in use is named', async () => {
    const config = join(await newFolder(), 'mine.json');
    await writeFile(config, '{ "threads": 1 }');
    const { stdout } = await callCli(['doctor', '--config', config]);
    expect(stdout).toMatch(/^threads +1$/m);
    expect(stdout).toContain(config);
  });
});

test('a folder that takes too long to size says so', async () => {
  const folder = await newFolder();
  await writeFile(join(folder, 'a'), 'abc');
  expect(await folderSize(folder, performance.now() + 10_000)).toEqual({ bytes: 3, whole: true });
  expect(await folderSize(folder, performance.now() - 1)).toEqual({ bytes: 0, whole: false });
});
