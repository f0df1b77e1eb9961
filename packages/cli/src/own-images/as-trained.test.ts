import { cp, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import { activeDevice } from '@dgprompt/engine';
import { pillow } from '@dgprompt/images';
import { beforeAll, describe, expect, test, vi } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let root: string;
let images: string;
let classifier: string;
let compute: string[];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-as-trained-'));
  images = join(await tinySuite(['colours']), 'colours');
  classifier = join(root, 'classifier');
  compute = ['--model', await tinyClip(), '--threads', '1'];
  const train = ['train', images, '--out', classifier, '--method', 'clip:memory', ...compute];
  expect((await callCli([...train, '--precision', 'int8', '--pillow', '12'])).code).toBe(0);
});

const used = () => [activeDevice().precision, pillow()];
const predict = (folder: string, ...more: string[]) =>
  callCli(['predict', folder, join(images, 'red/1.png'), ...compute, ...more]);

/** A copy of the classifier with other facts of its training. */
async function changed(name: string, facts: object): Promise<string> {
  const folder = join(root, name);
  await cp(classifier, folder, { recursive: true });
  const file = join(folder, 'run.json');
  const run = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, JSON.stringify({ ...run, trained: { ...run.trained, ...facts } }));
  return folder;
}

describe('a classifier', () => {
  test('records the precision and the Pillow version of its training, also on its card', async () => {
    const { trained } = JSON.parse(await readFile(join(classifier, 'run.json'), 'utf8'));
    expect(trained).toMatchObject({ precision: 'int8', pillow: 12 });
    const card = await readFile(join(classifier, 'card.md'), 'utf8');
    expect(card).toContain("The CLIP's towers compute in int8.\nImages are resized like Pillow 12.\n");
  });

  test('is opened with both, unless the command says otherwise', async () => {
    expect((await predict(classifier)).code).toBe(0);
    expect(used()).toEqual(['int8', 12]);
    await predict(classifier, '--precision', 'fp32');
    expect(used()).toEqual(['fp32', 12]);
    await predict(classifier, '--pillow', '13');
    expect(used()).toEqual(['int8', 13]);
    vi.stubEnv('DGPROMPT_PILLOW', '13');
    await predict(classifier);
    expect(used()).toEqual(['int8', 13]);
  });

  test.each([
    ['evaluate', () => ['--out', join(root, 'page.html')], ['int8', 12]],
    ['explain', () => [], ['int8', 12]],
    ['export', () => ['--out', join(root, 'one.onnx')], ['fp32', 12]], // the file's own precision is that of its weights
  ])('is opened so by %s', async (command, more, expected) => {
    await callCli(['zero-shot', '--tasks', 'weather', '--threads', '1', '--pillow', '13']);
    const given = { evaluate: [images], explain: ['--images', images], export: [] }[command]!;
    const { code, stdout, stderr } = await callCli([command, classifier, ...given, ...compute, ...more()]);
    expect([code, stderr.includes('dgprompt:')]).toEqual([0, false]);
    expect(stdout.includes('predict --precision fp32 ')).toBe(command === 'export');
    expect(used()).toEqual(expected);
  });

  test('of an older version, which recorded neither, is opened by default', async () => {
    const { code } = await predict(await changed('older', { precision: undefined, pillow: undefined }));
    expect([code, ...used()]).toEqual([0, 'fp32', 13]);
  });

  test('of a precision that the device lacks throws one sentence', async () => {
    const half = await changed('half', { precision: 'fp16' });
    expect((await predict(half)).stderr).toBe(
      `dgprompt: ${half} was trained with --precision fp16, which needs a GPU: name it with --device, or give --precision fp32.\n`,
    );
    expect((await predict(half, '--precision', 'fp32')).code).toBe(0);
    expect((await predict(classifier, '--backend', 'cpu')).stderr).toContain(
      'was trained with --precision int8, which needs ONNX Runtime on the CPU: leave --device and --backend out, or give',
    );
    const wrong = await changed('wrong', { pillow: 11 });
    expect((await predict(wrong)).stderr).toContain('is not a checkpoint that this version can read (trained.pillow: ');
  });
});
