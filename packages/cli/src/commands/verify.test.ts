import { copyFile, cp, mkdir, mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataset, fewShot, type Item } from '@dgprompt/datasets';
import { writeSplit } from '@dgprompt/datasets/splits';
import { learningRate, useDevice } from '@dgprompt/engine';
import { openSafetensors, writeSafetensors } from '@dgprompt/io';
import { makeGolden } from '@dgprompt/lab/testing/make-golden';
import sharp from 'sharp';
import { beforeAll, describe, expect, test } from 'vitest';
import { callCli } from '../testing/run-cli.js';

let golden: string;
beforeAll(async () => {
  golden = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
  await useDevice();
  await makeGolden(golden);
});

const copy = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
  await cp(golden, folder, { recursive: true });
  return folder;
};

/** Runs `verify` and returns its lines by case, its last line, and the exit code. */
async function verify(...args: string[]) {
  const { code, stdout, stderr } = await callCli(['verify', '--threads', '1', ...args]);
  const lines = stdout.trimEnd().split('\n');
  return { code, stderr, counts: lines.at(-1), line: (name: string) => lines.find(line => line.includes(` ${name} `)) };
}

/** Rewrites a recording with one tensor changed. */
async function change(path: string, name: string, f: (values: Float32Array) => void, metadata = {}) {
  const file = openSafetensors(path);
  const tensors = Object.fromEntries(
    [...file.tensors].map(([key, { shape }]) => [key, { shape, data: file.read(key) }] as const),
  );
  file.close();
  f(tensors[name]!.data);
  await writeSafetensors(path, tensors, { metadata: { ...file.metadata, ...metadata } });
}

describe('recordings of methods and of the frozen CLIP', () => {
  test('pass for any names, shapes, depths and settings', async () => {
    for (const backend of ['onnxruntime', 'cpu']) {
      const { code, counts, line } = await verify('--golden', golden, '--backend', backend);
      expect(counts).toBe('5 passed, 0 failed, 0 skipped');
      expect(line('deeper/second')).toMatch(/^✓ deeper\/second +\S+ of \S+ allowed/);
      expect(code).toBe(0);
    }
  });

  test.each([
    ['step0.logits', 'logits'],
    ['grad0.prompt_learner.compound_prompts_text.0', 'gradients'],
    ['final.prompt_learner.proj.weight', 'parameters'],
    ['eval_logits', 'logits after training'],
  ])(
    'fail where %s is wrong',
    async (name, what) => {
      const folder = await copy();
      await change(join(folder, 'deeper', 'second.safetensors'), name, values => {
        values[3]! += 0.01;
      });
      const { code, counts, line } = await verify('--golden', folder);
      expect(line('deeper/second')).toMatch(new RegExp(`^✗ deeper/second +\\S+ of \\S+ allowed +${what}$`));
      expect(counts).toBe('4 passed, 1 failed, 0 skipped');
      expect(code).toBe(1);
    },
    120_000,
  );

  test('fail with another momentum or other frozen features', async () => {
    const folder = await copy();
    await change(join(folder, 'deeper', 'second.safetensors'), 'images', () => {}, { momentum: '0.9' });
    await change(join(folder, 'frozen.safetensors'), 'text_features', values => {
      values[0] = Number.NaN;
    });
    const { counts, line } = await verify('--golden', folder);
    expect(line('deeper/second')).toMatch(/^✗.*parameters|losses|logits after/);
    expect(line('frozen')).toMatch(/^✗ frozen +Infinity of 1.0e-4 allowed +text features/);
    expect(counts).toBe('3 passed, 2 failed, 0 skipped');
  });

  test('with damaged files or without their CLIP fail with the reason, and the others continue', async () => {
    const folder = await copy();
    const bytes = await readFile(join(folder, 'frozen.safetensors'));
    await writeFile(join(folder, 'frozen.safetensors'), bytes.subarray(0, 3000));
    const damaged = await verify('--golden', folder);
    expect(damaged.line('frozen')).toMatch(/^✗ frozen +failed: .*frozen\.safetensors is (cut short|not a whole)/);
    expect(damaged.counts).toBe('4 passed, 1 failed, 0 skipped');
    const alone = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
    await copyFile(join(golden, 'first.safetensors'), join(alone, 'first.safetensors'));
    expect((await verify('--golden', alone)).line('first')).toMatch(/failed: none of the 0 CLIPs in the folder/);
  });

  test('of an unknown method are skipped by name', async () => {
    const folder = await copy();
    await change(join(folder, 'first.safetensors'), 'images', () => {}, { method: 'proda' });
    const { code, counts, line } = await verify('--golden', folder);
    expect(line('first')).toMatch(/^– first +skipped: there is no method "proda" here/);
    expect(counts).toBe('4 passed, 0 failed, 1 skipped');
    expect(code).toBe(0);
    const alone = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
    await copyFile(join(folder, 'first.safetensors'), join(alone, 'first.safetensors'));
    expect(await verify('--golden', alone)).toMatchObject({ code: 1, counts: '0 passed, 0 failed, 1 skipped' });
  });
});

describe('recordings of a checkpoint', () => {
  test('fail with other features, and with a damaged file', async () => {
    const folder = await copy();
    await change(join(folder, 'loaded', 'any-name.safetensors'), 'text_features', values => {
      values[2]! += 0.01;
    });
    const { line } = await verify('--golden', folder);
    expect(line('loaded/images')).toMatch(/^✓/);
    expect(line('loaded/texts')).toMatch(/^✗ loaded\/texts +1\.0e-2 of 1\.0e-4 allowed/);
    await writeFile(join(folder, 'loaded', 'model.safetensors'), 'nothing');
    expect((await verify('--golden', folder)).line('loaded/images')).toMatch(/failed: .*model\.safetensors/);
  });
});

describe('schedules, tokens and pixels', () => {
  const write = async (name: string, contents: unknown) => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
    await writeFile(join(folder, name), JSON.stringify(contents));
    return folder;
  };

  test('a schedule is compared at each learning rate', async () => {
    const rates = [1e-4, 1e-4, 0.01, 0.005 * (1 + Math.SQRT1_2), 0.005];
    const schedule = { base_lr: 0.01, max_epoch: 4, warmup_epoch: 2, warmup_lr: 1e-4, lr_per_epoch: rates };
    expect((await verify('--golden', await write('rates.json', [schedule]))).counts).toMatch(/^1 passed, 0 failed/);
    expect(learningRate(3, { lr: 0.01, epochs: 4 })).not.toBeCloseTo(rates[2]!, 5); // the warm-up matters
    rates[4] = 0.0051;
    expect((await verify('--golden', await write('rates.json', [schedule]))).line('rates')).toMatch(/^✗/);
  });

  test('token ids are those of the published vocabulary', async () => {
    const cases = [
      ['a photo', [320, 1125]],
      ['<|startoftext|> a', [49406, 320]],
    ];
    expect((await verify('--golden', await write('words.json', { cases }))).counts).toMatch(/^1 passed, 0 failed/);
    const wrong = await verify('--golden', await write('words.json', { cases: [...cases, ['dog', [1]]] }));
    expect(wrong.line('words')).toMatch(/^✗ words +1 of 0 allowed +ids of 3 texts, first "dog"/);
  });

  test('pixels are compared with the image of the recorded name', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
    const noise = Uint8Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 97) % 251);
    await sharp(noise, { raw: { width: 40, height: 30, channels: 3 } })
      .png()
      .toFile(join(folder, 'a.png'));
    const inside = new Float32Array(20 * 20 * 3); // a box of 20 by 20 "resized" to its own size
    for (let y = 0; y < 20; y++) for (let x = 0; x < 60; x++) inside[y * 60 + x] = noise[((y + 5) * 40 + 8) * 3 + x]!;
    const metadata = { cases: JSON.stringify([{ image: 'a', crop: [5, 8, 20, 20] }]) };
    const path = join(folder, 'views.safetensors');
    await writeSafetensors(path, { 'a.crop20': { shape: [20, 20, 3], data: inside } }, { metadata });
    expect((await verify('--golden', folder)).counts).toBe('1 passed, 0 failed, 0 skipped');
    await change(path, 'a.crop20', values => {
      values[7]! += 2;
    });
    expect((await verify('--golden', folder)).line('views')).toMatch(/^✗ views +2 of 0 allowed +a\.crop20/);
  });
});

test('--data compares few-shot sets with the splits of the same names', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-data-'));
  await mkdir(join(folder, 'drawn'));
  const root = join(folder, 'images');
  const items = (part: string): Item[] =>
    ['cat', 'owl'].flatMap((classname, label) =>
      Array.from({ length: 9 }, (_, i) => ({ path: join(root, classname, `${part}-${i}.jpg`), label, classname })),
    );
  const all = { train: items('train'), val: items('val'), test: items('test') };
  const dataset = createDataset({ name: 'Pets', classNames: ['cat', 'owl'], ...all });
  await writeSplit(join(folder, 'split_zhou_Pets.json'), dataset, root);
  const { train, val } = fewShot(dataset, 2, 3);
  const paths = (of: Item[]) => of.map(({ path }) => path.slice(root.length + 1).replaceAll('\\', '/'));
  const sets = { 'shot_2-seed_3': { train: paths(train), val: paths(val) } };
  const write = (name: string, contents: unknown) => writeFile(join(folder, 'drawn', name), JSON.stringify(contents));
  await write('Pets.json', sets);
  await write('Birds.json', sets);
  const first = await verify('--data', folder);
  expect(first.counts).toBe('2 passed, 0 failed, 1 skipped');
  expect(first.line('drawn/Birds')).toMatch(/skipped: there is no split of the same name/);
  sets['shot_2-seed_3'].val.reverse();
  await write('Pets.json', sets);
  expect((await verify('--data', folder)).line('drawn/Pets')).toMatch(
    /^✗ drawn\/Pets +\d+ of 0 allowed +shot_2-seed_3/,
  );
});

test('no folder, a missing folder, and one without cases have different errors', async () => {
  expect(await verify()).toMatchObject({ code: 2, stderr: expect.stringContaining('give --golden, --data or both') });
  expect(await verify('--golden', '/no/such')).toMatchObject({ code: 1, stderr: expect.stringContaining('/no/such') });
  const empty = await mkdtemp(join(tmpdir(), 'dgprompt-golden-'));
  expect(await verify('--golden', empty)).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('no recorded case'),
  });
});
