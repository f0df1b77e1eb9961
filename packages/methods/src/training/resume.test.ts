import { spawn } from 'node:child_process';
import { copyFile, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { seededRandom, useDevice } from '@dgprompt/engine';
import { usePillow } from '@dgprompt/images';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defineMethod } from '../method/define.js';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { imageViews, items, names, tinyClip, values } from '../testing/tiny.js';
import { coprompt } from '../zoo/coprompt.js';
import { maple } from '../zoo/maple.js';
import { train } from './train.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgprompt-resume-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const options = { epochs: 8, batch: 2, lr: 0.02, seed: 3 };

/** Runs training in a separate process; kills it the given time after its first epoch, if it is still running. */
async function run(to: string, method: string, more: object, killAfter?: number) {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  const program = ['--import', import.meta.resolve('tsx'), here('../testing/training-run.ts')];
  const child = spawn(process.execPath, [...program, to, method, JSON.stringify({ ...options, ...more })], {
    env: { ...process.env, TSX_TSCONFIG_PATH: here('../../tsconfig.json') },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  child.stdout.on('data', text => {
    if (said === '' && killAfter !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfter);
    said += text;
  });
  await new Promise(resolve => child.on('close', resolve));
  const lines = said.trim().split('\n');
  return {
    epochs: lines.filter(line => line.startsWith('epoch')).length,
    final: lines.at(-1)!.startsWith('{') ? lines.at(-1)! : undefined,
  };
}

describe('a killed run resumes bit for bit', () => {
  it.each([
    ['maple', {}],
    ['dgprompt', { guidance: { rank: 4 }, retention: { blend: 0.5 }, average: { mean: 6, std: 2 } }],
  ])(
    '%s',
    async (method, more) => {
      const undisturbed = await run(join(folder, 'whole'), method, more);
      expect(undisturbed.epochs).toBe(8);
      const random = seededRandom(method.length);
      const cut = join(folder, 'cut');
      let [kills, final, last] = [0, undefined as string | undefined, { epochs: 8 }];
      while (final === undefined && kills < 12) {
        const ended = await run(cut, method, more, kills < 4 ? 40 * random.next() : undefined);
        final = ended.final;
        if (final === undefined) kills++;
        last = ended;
      }
      expect(kills).toBeGreaterThan(0);
      expect(last.epochs).toBeLessThan(8);
      expect(final).toBe(undisturbed.final);
      expect((await readdir(cut)).sort()).toEqual([
        'epochs.json',
        'images.json',
        'optimizer-8.safetensors',
        'prompts.safetensors',
        'run.json',
      ]);
    },
    120_000,
  );
});

describe('a checkpoint', () => {
  const method = (more: object = {}) => maple(clip, names, { ...options, epochs: 2, ...more });
  const finish = async (made = method(), given = items(3)) => {
    const seen: number[] = [];
    for await (const { number } of train(made, given, { transform: imageViews(), checkpoint: folder }))
      seen.push(number);
    return seen;
  };
  let clip: ReturnType<typeof tinyClip>;
  beforeEach(async () => {
    await useDevice({ backend: 'cpu' });
    clip = tinyClip();
  });

  it('of a finished run leaves nothing to do, and restores its prompts', async () => {
    const [first, second] = [method(), method()];
    expect(await finish(first)).toEqual([1, 2]);
    expect(await finish(second)).toEqual([]);
    expect(values(second)).toEqual(values(first));
    const run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
    expect(run).toMatchObject({ method: 'maple', epoch: 2, optimizer: 'optimizer-2.safetensors' });
  });

  it('of another run throws, naming the difference', async () => {
    await finish();
    await expect(finish(method({ lr: 0.5 }))).rejects.toThrow(/another run: its lr is 0.02, and this one's is 0.5/);
    await expect(finish(method({ depth: 1 }))).rejects.toThrow(/its depth is 3, and this one's is 1/);
    await expect(finish(method(), items(2))).rejects.toThrow(/its images are others \(1-0 takes the place of 0-2\)/);
    await expect(finish(maple(tinyClip(2), names, { ...options, epochs: 2 }))).rejects.toThrow(/its clip is "tiny-1"/);
    await useDevice({ precision: 'int8' });
    await expect(finish()).rejects.toThrow(/its precision is "fp32", and this one's is "int8"/);
    await useDevice({ backend: 'cpu' });
    usePillow(12);
    await expect(finish()).rejects.toThrow(/its pillow is 13, and this one's is 12/);
    usePillow(undefined);
  });

  it('of another run throws, also if the option is named like something that every run records', async () => {
    const { options: own, ...definition } = maple.definition;
    const mine = defineMethod({ ...definition, name: 'mine', options: { ...own, views: 1, start: 0, precision: 1 } });
    const made = (more: object) => mine(clip, names, { ...options, epochs: 2, ...more });
    await finish(made({}));
    await expect(finish(made({ views: 2 }))).rejects.toThrow(/another run: its option views is 1, and this one's is 2/);
    await expect(finish(made({ start: 1 }))).rejects.toThrow(/its option start is 0, and this one's is 1/);
    await expect(finish(made({ precision: 2 }))).rejects.toThrow(/its precision is 1, and this one's is 2/);
    expect(await finish(made({}))).toEqual([]);
    expect(await finish(made({}))).toEqual([]);
  });

  it('of an older version, which did not record Pillow, resumes with either', async () => {
    await finish(method());
    const path = join(folder, 'run.json');
    const { training, ...run } = JSON.parse(await readFile(path, 'utf8'));
    await writeFile(path, JSON.stringify({ ...run, training: { ...training, pillow: undefined } }));
    usePillow(12);
    expect(await finish(method())).toEqual([]);
    usePillow(undefined);
  });

  it.each([
    { accumulate: 3 },
    { clipGradients: 0.01 },
    { schedule: { name: 'constant' } },
    { optimizer: { name: 'adamw' } },
    { episode: 2 },
  ])('of a run with a setting does not resume without it: %o', async setting => {
    await finish(method(setting));
    const [key] = Object.keys(setting);
    await expect(finish()).rejects.toThrow(new RegExp(`another run: its ${key} is .*, and this one's is absent`));
  });

  it('of a run with descriptions does not resume without them', async () => {
    const descriptions = Object.fromEntries(names.map(name => [name, [`A ${name}.`]]));
    const described = (more: object) => coprompt(clip, names, { ...options, epochs: 2, depth: 2, ...more });
    await finish(described({ descriptions }));
    await expect(finish(described({}))).rejects.toThrow(
      /another run: its descriptions is .*, and this one's is absent/,
    );
  });

  it('resumes with the same images in another folder, and names one that was replaced', async () => {
    const [here, there] = [join(folder, 'here'), join(folder, 'there')];
    await colourFolder(here, colours, 2);
    const own = (root: string) =>
      names.flatMap((classname, label) =>
        [0, 1].map(i => ({ path: join(root, classname, `${i}.png`), label, classname })),
      );
    const go = async (root: string) => {
      const seen: number[] = [];
      for await (const { number } of train(method(), own(root), { checkpoint: join(folder, 'c') })) seen.push(number);
      return seen;
    };
    expect(await go(here)).toEqual([1, 2]);
    await rename(here, there);
    expect(await go(there)).toEqual([]);
    await rename(there, here);
    const [first, second] = own(here).map(({ path }) => path) as [string, string];
    await copyFile(first, second);
    await expect(go(here)).rejects.toThrow(`its images are others (${second} was replaced)`);
  });

  it('that is damaged throws, naming the file', async () => {
    await finish();
    await writeFile(join(folder, 'optimizer-2.safetensors'), 'no');
    await expect(finish()).rejects.toThrow(/optimizer-2\.safetensors/);
    await writeFile(join(folder, 'run.json'), '{');
    await expect(finish()).rejects.toThrow(/run\.json cannot be read/);
  });
});
