import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinyRoot } from '@dgprompt/bench/testing/tiny-root';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import { markColours } from '../../own-images/contact-sheet.js';
import { callCli } from '../../testing/run-cli.js';

const published = fileURLToPath(new URL('../../../../../../shared/data', import.meta.url));
if (!existsSync(published)) console.warn(`Skipped: the published few-shot sets are not there (${published}).`);

describe('dgprompt data sample', () => {
  test.skipIf(!existsSync(published)).each(['Caltech101', 'DescribableTextures', 'EuroSAT', 'OxfordPets'])(
    'prints the published few-shot sets of %s as JSON and nothing else',
    async name => {
      const sets: Record<string, unknown> = JSON.parse(readFileSync(`${published}/few-shot/${name}.json`, 'utf8'));
      expect(Object.keys(sets)).toHaveLength(15);
      for (const [key, set] of Object.entries(sets)) {
        const [, shots, seed] = key.match(/^shot_(\d+)-seed_(\d+)$/)!;
        const split = `${published}/splits/split_zhou_${name}.json`;
        const said = await callCli(['data', 'sample', '--split', split, '--shots', shots!, '--seed', seed!]);
        expect(said).toMatchObject({ code: 0, stderr: '' });
        expect(JSON.parse(said.stdout)).toEqual(set);
      }
    },
  );

  test('reports a wrong split in one sentence', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'dgprompt-split-')), 'split.json');
    const sample = async (split: unknown, ...args: string[]) => {
      await writeFile(file, JSON.stringify(split));
      const { code, stdout, stderr } = await callCli(['data', 'sample', '--split', file, ...args]);
      expect({ code, stdout, lines: stderr.trimEnd().split('\n').length }).toEqual({ code: 1, stdout: '', lines: 1 });
      return stderr;
    };
    const gap = {
      train: [
        ['a.jpg', 0, 'a'],
        ['c.jpg', 2, 'c'],
      ],
      val: [],
      test: [],
    };
    expect(await sample(gap)).toContain('no picture has label 1; labels must run from 0 without gaps');
    const few = { train: [['a.jpg', 0, 'a']], val: [], test: [] };
    expect(await sample(few, '--shots', '4')).toContain(
      'at most 1 training images per class, so 4 shots cannot be drawn',
    );
    const gone = await callCli(['data', 'sample', '--split', '/no/split.json']);
    expect(gone).toMatchObject({ code: 1, stderr: 'dgprompt: /no/split.json does not exist.\n' });
  });

  test('a wrong command line exits with code 2', async () => {
    expect((await callCli(['data', 'smaple'])).stderr).toContain('Did you mean sample?');
    expect(await callCli(['data', 'sample'])).toMatchObject({ code: 2, stdout: '' });
    expect(await callCli(['data', 'sample', '--split', 'x', '--shots', '0'])).toMatchObject({ code: 2 });
  });
});

describe('dgprompt data list', () => {
  test('lists where every dataset would be, whether it is present, and its known facts', async () => {
    const root = await tinyRoot('eurosat', 1);
    const listed = JSON.parse((await callCli(['data', 'list', '--root', root, '--json'])).stdout);
    expect(listed).toHaveLength(15);
    expect(listed.find((row: { id: string }) => row.id === 'eurosat')).toEqual({
      id: 'eurosat',
      title: 'EuroSAT',
      folder: join(root, 'eurosat'),
      state: 'present',
      classes: 10,
      images: { train: 13500, val: 5400, test: 8100 },
      gigabytes: 0.09,
      licence: 'MIT',
      page: 'https://github.com/phelber/EuroSAT',
    });
    expect(listed.filter((row: { state: string }) => row.state === 'absent')).toHaveLength(14);
    const { code, stdout } = await callCli(['data', 'list', '--root', root]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/eurosat +present/);
    expect(stdout).toContain(`The folders are in ${root}.`);
  });
});

describe('dgprompt data check', () => {
  test('decodes every image; a broken one is listed and the exit code is 1', async () => {
    const root = await tinyRoot('eurosat');
    const path = join(root, 'eurosat', '2750', 'River', 'River_3.jpg');
    await writeFile(path, (await sharp(path).jpeg().toBuffer()).subarray(0, 200));
    const { code, stdout } = await callCli(['data', 'check', 'EuroSAT', '--root', root]);
    expect(code).toBe(1);
    expect(stdout).toContain('1 files do not decode:\n\n- <root>/eurosat/2750/River/River_3.jpg cannot be read');
    expect(stdout).toContain('- train images: 20 here, 13500 published');
    const report = JSON.parse((await callCli(['data', 'check', 'eurosat', '--root', root, '--json'])).stdout);
    expect(report.broken.map((found: { path: string }) => found.path)).toEqual([path]);
  });

  test('a sound custom folder: exit code 0', async () => {
    const root = await tinyRoot('eurosat');
    const { code, stdout, stderr } = await callCli(['data', 'check', `folder:${join(root, 'eurosat', '2750')}`]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain('no problems');
  });

  test('a missing root and a wrong name are one line each', async () => {
    expect((await callCli(['data', 'check', 'eurosat'])).stderr).toMatch(/^dgprompt: The root is missing.*\n$/);
    const { code, stderr } = await callCli(['data', 'check', 'eurosta', '--root', '/tmp']);
    expect(code).toBe(1);
    expect(stderr).toContain('Did you mean "eurosat"?');
  });
});

describe('dgprompt data show', () => {
  test('draws the few-shot set with base and new classes marked', async () => {
    const root = await tinyRoot('eurosat');
    const file = join(root, 'sheet.png');
    const said = await callCli([
      'data',
      'show',
      'eurosat',
      '--root',
      root,
      '--shots',
      '3',
      '--seed',
      '2',
      '--out',
      file,
    ]);
    expect(said).toMatchObject({ code: 0, stderr: '' });
    expect(said.stdout).toContain('3 shots of all 4 classes, seed 2');
    const { data, info } = await sharp(file).raw().toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([220 + 3 * 100 + 4, 4 + 4 * 100]);
    const at = (x: number, y: number) =>
      `#${data.subarray((y * info.width + x) * 3, (y * info.width + x) * 3 + 3).toString('hex')}`;
    const rows = [0, 1, 2, 3].map(row => 4 + row * 100 + 50);
    expect(rows.map(y => at(3, y))).toEqual([markColours.base, markColours.base, markColours.new, markColours.new]);
    expect(at(220 + 250, rows[1]!)).toMatch(/^#(0f|10|11)(5f|60|61)(0f|10|11)$/); // the third image of Forest
  });

  test('draws at most the given number of classes of each half, and writes no file after a broken image', async () => {
    const root = await tinyRoot('eurosat');
    const sheet = ['data', 'show', 'eurosat', '--root', root, '--out', join(root, 'out', 'sheet.png')];
    expect((await callCli([...sheet, '--classes', '1'])).stdout).toContain('of 2 of 4 classes');
    for (let i = 1; i <= 10; i++)
      await writeFile(join(root, 'eurosat', '2750', 'Forest', `Forest_${i}.jpg`), 'no image');
    const broken = await callCli([
      'data',
      'show',
      'eurosat',
      '--root',
      root,
      '--out',
      join(root, 'other', 'sheet.png'),
    ]);
    expect(broken.code).toBe(1);
    expect(broken.stderr).toMatch(/Forest_\d+\.jpg cannot be read as an image/);
    expect(await readdir(root)).toEqual(['eurosat', 'out']);
  });
});

describe('dgprompt data prepare', () => {
  test('prepares from an archive on disk and reports the result', async () => {
    const source = await tinyRoot('eurosat');
    const root = await mkdtemp(join(tmpdir(), 'dgprompt-prepare-'));
    const archive = join(root, 'EuroSAT.tar.gz');
    execFileSync('tar', ['-czf', archive, '-C', join(source, 'eurosat'), '2750']);
    const ready = `EuroSAT is in ${join(root, 'eurosat')}: 4 classes; 20 train, 8 val, 12 test images.`;
    const { code, stdout, stderr } = await callCli(['data', 'prepare', 'EuroSAT', '--root', root, '--from', archive]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(ready);
    const several = ['eurosat', 'imagenet', '--root', root]; // the first one is there already
    expect(await callCli(['data', 'prepare', ...several])).toMatchObject({
      code: 1,
      stdout: expect.stringContaining(ready),
      stderr: expect.stringContaining('accept its terms at https://image-net.org/download.php'),
    });
    expect((await callCli(['data', 'prepare', ...several, '--from', archive])).stderr).toContain('give one name');
    expect((await callCli(['data', 'list', '--root', root])).stdout).toMatch(/eurosat +present/);
  });

  test('downloads from the hub named by the environment', async () => {
    const root = await mkdtemp(join(tmpdir(), 'dgprompt-prepare-'));
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(request.url!);
      response.writeHead(404).end();
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    process.env.HF_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { code, stderr } = await callCli(['data', 'prepare', 'stanford_cars', '--root', root]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^dgprompt: http:\/\/127.*stanford_cars\.zip .*404 Not Found\.\n$/);
      expect(asked).toEqual([
        expect.stringMatching(/^\/zhengli97\/prompt_learning_dataset\/resolve\/.*\/stanford_cars\.zip$/),
      ]);
    } finally {
      delete process.env.HF_ENDPOINT;
      server.close();
    }
  });

  test('downloads, unpacks and arranges from the hub over a connection that drops once', async () => {
    const root = await mkdtemp(join(tmpdir(), 'dgprompt-prepare-'));
    const source = join(root, 'imagenet-sketch');
    const image = await sharp({ create: { width: 8, height: 8, channels: 3, background: '#123456' } })
      .jpeg()
      .toBuffer();
    for (const noun of ['n01440764', 'n01443537']) {
      await mkdir(join(source, 'images', noun), { recursive: true });
      for (let i = 0; i < 40; i++) await writeFile(join(source, 'images', noun, `sketch_${i}.JPEG`), image);
    }
    await writeFile(join(source, 'classnames.txt'), 'n01440764 tench\nn01443537 goldfish\n');
    // the archive type is detected from the content, not the name
    execFileSync('tar', ['-czf', join(root, 'served'), '-C', root, 'imagenet-sketch']);
    await rm(source, { recursive: true });
    const bytes = await readFile(join(root, 'served'));
    const asked: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      asked.push(request.headers.range);
      const from = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0);
      const range = from > 0 ? { 'content-range': `bytes ${from}-${bytes.length - 1}/${bytes.length}` } : {};
      response.writeHead(from > 0 ? 206 : 200, { etag: '"1"', 'content-length': bytes.length - from, ...range });
      if (asked.length > 1) response.end(bytes.subarray(from));
      else response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(() => request.socket.destroy(), 150));
    });
    await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
    process.env.HF_ENDPOINT = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const { code, stdout, stderr } = await callCli(['data', 'prepare', 'sketch', '--root', root]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      expect(stdout).toContain('2 classes; 0 train, 0 val, 80 test images');
      expect(asked).toEqual([undefined, expect.stringMatching(/^bytes=[1-9]\d*-$/)]);
      expect(await readdir(root)).toEqual(['.dgprompt-downloads.json', 'imagenet-sketch', 'served']);
    } finally {
      delete process.env.HF_ENDPOINT;
      server.close();
    }
  });

  test('a dataset behind an agreement says what to do; a missing root and a wrong name are reported', async () => {
    const imagenet = await callCli([
      'data',
      'prepare',
      'imagenet',
      '--root',
      await mkdtemp(join(tmpdir(), 'dgprompt-')),
    ]);
    expect(imagenet).toMatchObject({ code: 1, stdout: '' });
    expect(imagenet.stderr).toContain('accept its terms at https://image-net.org/download.php');
    expect((await callCli(['data', 'prepare', 'dtd'])).stderr).toMatch(/^dgprompt: Give --root DIR/);
    expect((await callCli(['data', 'prepare', 'dtd', 'sun397'])).stderr).toMatch(/the folders dtd, sun397\.$/m);
    expect((await callCli(['data', 'prepare', 'dtt', '--root', '/tmp'])).stderr).toContain('Did you mean "dtd"?');
  });
});
