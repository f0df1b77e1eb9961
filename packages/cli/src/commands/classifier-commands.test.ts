import { cp, mkdtemp, readdir, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { tinyClip, tinySuite } from '@dgprompt/bench/testing/tiny';
import * as ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { quotedPath } from '../terminal/this-command.js';
import { callCli, startCli } from '../testing/run-cli.js';

let root: string;
let images: string;
let model: string;
let classifier: string;
let trained: Awaited<ReturnType<typeof callCli>>;
const image = (name: string) => join(images, name);

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'dgprompt-commands-'));
  images = join(await tinySuite(['colours']), 'colours');
  model = await tinyClip();
  classifier = join(root, 'classifier');
  trained = await callCli(['train', images, '--out', classifier, ...quick]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const quick = ['--method', 'maple', '--epochs', '2', '--batch', '4', '--lr', '0.01', '--augment', 'none'];
const train = (...args: string[]) => callCli(['train', images, '--model', model, ...quick, ...args]);

describe('dgprompt train', () => {
  test('prints what it found, its progress and its result', async () => {
    const { code, stdout, stderr } = await train('--out', join(root, 'first'));
    expect(stderr).toContain('4 classes, 40 images: 20 to train on, 8 for validation, 12 to test');
    expect(stderr).toMatch(/2 epochs of 5 steps at [\d.]+ s: (under a minute|about .*) in total/);
    expect(stderr).toMatch(/epoch 2\/2 · loss [\d.]+ · validation [\d.]+ %/);
    expect(stdout).toMatch(/^[\d.]+ % of 12 test images correct, [\d.]+ % before training/);
    expect(code).toBe(0);
    const files = (await readdir(join(root, 'first'))).filter(name => name !== 'card');
    expect(files.sort()).toEqual(['card.md', 'prompts.safetensors', 'run.json', 'split.json']);
  });

  test('prints a next command that works in any folder', async () => {
    const out = relative(process.cwd(), join(root, 'relative'));
    const { stdout } = await train('--out', out);
    expect(stdout).toContain(`  dgprompt predict ${quotedPath(join(root, 'relative'))} photo.jpg\n`);
  });

  test('trains on K images per class', async () => {
    const { stderr, stdout } = await train('--out', join(root, 'shots'), '--shots', '2', '--json');
    expect(stderr).toContain('28 images: 8 to train on, 8 for validation, 12 to test');
    expect(JSON.parse(stdout).images).toEqual({ train: 8, val: 8, test: 12 });
  });

  test('names an image that it cannot test on, and a class whose images cannot be read', async () => {
    const broken = join(root, 'broken');
    await cp(images, broken, { recursive: true });
    const { test: tested } = JSON.parse(await readFile(join(classifier, 'split.json'), 'utf8'));
    const file = join(broken, tested[0][0]);
    await writeFile(file, 'no image');
    const one = await callCli(['train', broken, '--model', model, ...quick, '--out', join(root, 'one')]);
    expect(one.stdout).toContain('of 11 test images correct');
    expect(one.stdout).toContain(`! left out, since it cannot be read: ${file}`);
    expect(await readFile(join(root, 'one', 'card.md'), 'utf8')).toMatch(
      /On 11 test images.* \(1 more cannot be read\):/,
    );
    for (const name of await readdir(join(broken, 'red'))) await writeFile(join(broken, 'red', name), '');
    const skip = ['--skip-broken', '--out', join(root, 'none')];
    const none = await callCli(['train', broken, '--model', model, ...quick, ...skip]);
    expect(none.code).toBe(1);
    expect(none.stderr).toContain('No training image of the class "red" can be read; replace its images,');
  });

  test('refuses a number that the name sets, too', async () => {
    const twice = await train('--out', join(root, 'twice'), '--method', 'maple:lr=0.2');
    expect([twice.code, twice.stderr]).toEqual([2, expect.stringContaining('--lr 0.01 and maple:lr=0.2 both set lr;')]);
  });

  test('refuses to write among the images', async () => {
    for (const [out, how] of [
      [images, 'is the folder of the images'],
      [join(images, 'plain'), `is inside the folder of the images, ${images}`],
      [dirname(images), `holds the folder of the images, ${images}`],
    ] as const)
      expect(await train('--out', out)).toEqual({
        code: 2,
        stdout: '',
        stderr: `error: --out ${out} ${how}; give a folder apart from it, for the classifier alone.\n`,
      });
    expect(await readdir(images)).not.toContain('plain');
    const link = join(root, 'link');
    await symlink(images, link, 'junction');
    expect((await train('--out', join(link, 'plain'))).stderr).toContain('is inside the folder of the images');
  });

  test('refuses gradient-step options for a method without gradient steps', async () => {
    const without = (method: string, ...args: string[]) =>
      callCli(['train', images, '--model', model, '--out', join(root, 'fitted'), '--method', method, ...args]);
    const { code, stderr } = await without('tip-adapter', '--lr', '0.3', '--epochs', '9');
    expect(stderr).toContain(
      'error: --epochs and --lr have no effect on tip-adapter, which takes no gradient steps; leave them out.\n',
    );
    expect(code).toBe(2);
    expect((await without('clip', '--batch', '2')).stderr).toContain('--batch has no effect on clip');
    expect((await without('clip:memory', '--augment', 'crop', '--cache-features', '4')).stderr).toContain(
      'error: --augment crop and --cache-features 4 have no effect on clip:memory, which takes no gradient steps;',
    );
    expect((await without('tip-adapter', '--cache-features', '4')).stderr).toContain(
      'error: --cache-features 4 has no effect on tip-adapter',
    );
    expect((await without('tip-adapter', '--augment', 'crop')).code).toBe(0);
  });

  test('stops at Ctrl-C, and the same command resumes', async () => {
    const out = join(root, 'stopped');
    const args = ['train', images, '--model', model, '--out', out, ...quick, '--epochs', '400'];
    const { child, ended } = startCli(args, { env: { npm_lifecycle_event: undefined } });
    let sent = false;
    child.stderr?.on('data', text => {
      if (!sent && String(text).includes('epoch 2/400')) sent = child.kill('SIGINT');
    });
    const { code, stderr } = await ended;
    expect(stderr).toContain('Interrupted. Finished epochs are kept; run the same command to resume');
    expect(stderr).toContain(`\n  cd ${quotedPath(process.cwd())} && dgprompt train `);
    expect(code).toBe(130);
    expect(await readdir(out)).toEqual(['.training']);
    const next = startCli(args);
    next.child.stderr?.on('data', text => {
      if (String(text).includes('resuming')) next.child.kill('SIGINT');
    });
    expect((await next.ended).stderr).toMatch(/resuming after epoch \d+ of 400/);
  });
});

describe('dgprompt predict', () => {
  test('answers for each image and names unreadable ones', async () => {
    expect(trained.code).toBe(0);
    await writeFile(join(root, 'broken.png'), 'no');
    const files = [image('red/1.png'), join(root, 'broken.png'), join(root, 'gone.png'), image('blue/2.png')];
    const { code, stdout, stderr } = await callCli(['predict', classifier, ...files, '--top', '2']);
    expect(code).toBe(1);
    const lines = stdout.trimEnd().split('\n');
    expect(lines.map(line => line.split('  ')[0])).toEqual([files[0], files[3]]);
    for (const line of lines) expect(line).toMatch(/ {2}\w+ [\d.]+ %, \w+ [\d.]+ %$/);
    expect(stderr.trimEnd().split('\n')).toHaveLength(2);
    expect(stderr).toContain(`${files[1]} cannot be read as an image`);
    expect(stderr).toContain(`${files[2]} cannot be read as an image: there is no such file`);
  });

  test('prints JSON and CSV, and takes folders, patterns and other classes', async () => {
    const json = await callCli(['predict', classifier, image('red'), '--top', '4', '--json']);
    const rows = json.stdout
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    expect(rows).toHaveLength(10);
    for (const { predictions } of rows)
      expect(predictions.reduce((sum: number, { score }: { score: number }) => sum + score, 0)).toBeCloseTo(1, 5);
    const csv = await callCli(['predict', classifier, join(images, 'b*/[12].png'), '--csv', '--classes', '+a "b"']);
    expect(csv.stdout).toMatch(/^path,rank,label,score\n\S+blue\/1\.png,1,.+,[\d.]+\n\S+blue\/2\.png,1,/);
    const other = await callCli([
      'predict',
      classifier,
      image('red/1.png'),
      '--classes',
      'one,two',
      '--top',
      '9',
      '--json',
    ]);
    const labels = JSON.parse(other.stdout).predictions.map(({ label }: { label: string }) => label);
    expect(labels.sort()).toEqual(['one', 'two']);
    const more = await callCli([
      'predict',
      classifier,
      image('red/1.png'),
      '--classes',
      '+pink',
      '--top',
      '9',
      '--json',
    ]);
    expect(JSON.parse(more.stdout).predictions).toHaveLength(5);
  });

  test('reads paths from standard input', async () => {
    const { child, ended } = startCli(['predict', classifier, '-', '--json']);
    child.stdin!.end(`${image('red/1.png')}\n\n${image('green/3.png')}\n`);
    const { stdout, code } = await ended;
    expect(
      stdout
        .trimEnd()
        .split('\n')
        .map(line => JSON.parse(line).path),
    ).toEqual([image('red/1.png'), image('green/3.png')]);
    expect(code).toBe(0);
  });

  test('answers for a one-pixel image', async () => {
    const { default: sharp } = await import('sharp');
    const file = join(root, 'one.png');
    await sharp({ create: { width: 1, height: 1, channels: 3, background: '#f00' } }).toFile(file);
    expect((await callCli(['predict', classifier, file])).code).toBe(0);
  });
});

describe('dgprompt evaluate', () => {
  test('tests on the held-out images, and writes a page with the mistakes', async () => {
    const out = join(root, 'page.html');
    const { code, stdout } = await callCli(['evaluate', classifier, images, '--out', out]);
    expect(code).toBe(0);
    const { trained: run } = JSON.parse(await readFile(join(classifier, 'run.json'), 'utf8'));
    expect(stdout).toContain(`${run.result.top1.toFixed(1)} % of 12 test images correct.`);
    const link = join(root, 'images-again'); // the same images by another path
    await symlink(images, link, 'junction');
    const linked = await callCli(['evaluate', classifier, link, '--out', join(root, 'linked.html')]);
    expect(linked.stdout).toContain('of 12 test images correct.');
    const page = await readFile(out, 'utf8');
    const wrong = 12 - Math.round((12 * run.result.top1) / 100);
    expect(page.match(/src="data:image\/jpeg;base64,/g)?.length ?? 0).toBe(wrong);
    expect(page).not.toMatch(/(src|href)="(?!data:)/);
  });

  test('tests on all images of another folder, most confident mistake first', async () => {
    const other = join(root, 'other');
    await cp(images, other, { recursive: true });
    const out = join(root, 'other.html');
    const { stdout } = await callCli(['evaluate', classifier, other, '--out', out, '--json']);
    const { images: count, top1, confusions } = JSON.parse(stdout);
    expect(count).toBe(40);
    expect(confusions.reduce((sum: number, { times }: { times: number }) => sum + times, 0)).toBe(
      40 - Math.round((40 * top1) / 100),
    );
    const shares = [...(await readFile(out, 'utf8')).matchAll(/<\/b> ([\d.]+) %<br>is \w+ ([\d.]+) %/g)].map(
      ([, taken, own]) => Number(taken) - Number(own),
    );
    expect(shares.length).toBeGreaterThan(1);
    shares.forEach((share, i) => {
      expect(share).toBeLessThanOrEqual((shares[i - 1] ?? 100) + 1.01);
    });
  });

  test('names a class that the classifier does not have', async () => {
    const other = join(root, 'strange');
    await cp(images, other, { recursive: true });
    await cp(join(images, 'red'), join(other, 'gren'), { recursive: true });
    const { code, stderr } = await callCli(['evaluate', classifier, other, '--out', join(root, 'x.html')]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/has the class "gren", which this classifier does not have; it has "green"/);
  });
});

describe('dgprompt export', () => {
  test.each(['fp32', 'fp16', 'int8'])(
    'writes one file with weights as %s, says its size and what it lost',
    async precision => {
      const file = join(root, `${precision}.onnx`);
      const { code, stdout } = await callCli(['export', classifier, '--precision', precision, '--out', file]);
      expect(code).toBe(0);
      expect(stdout).toMatch(
        /\.onnx: [\d.]+ MB\.\nOn 8 validation images: [\d.]+ % correct, predict [\d.]+ %; probabilities differ by at most [\de.-]+\.\n$/,
      );
      const session = await ort.InferenceSession.create(file);
      expect(session.inputNames).toEqual(['image']);
      expect(session.outputNames).toEqual(['probabilities', 'labels']);
      await session.release();
    },
  );

  test('writes a page', async () => {
    const { code, stdout } = await callCli(['export', classifier, '--format', 'web', '--out', join(root, 'web')]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/web: [\d.]+ MB\. Open .*index\.html in a browser\./);
  });

  test('refuses an input that a page does not take', async () => {
    const { code, stderr } = await callCli(['export', classifier, '--format', 'web', '--input', 'pixels']);
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot take --input pixels; leave it out.')]);
  });
});

describe('bad input ends in one line', () => {
  const cases: [string, () => Promise<string[]>, RegExp][] = [
    [
      'no images',
      async () => ['train', await mkdtemp(join(root, 'empty-')), '--out', join(root, 'n')],
      /has 0 class folder/,
    ],
    [
      'one class',
      async () => {
        const one = await mkdtemp(join(root, 'one-'));
        await cp(join(images, 'red'), join(one, 'red'), { recursive: true });
        return ['train', one, '--out', join(root, 'n')];
      },
      /has 1 class folder/,
    ],
    [
      'a class with one image',
      async () => {
        const few = await mkdtemp(join(root, 'few-'));
        await cp(images, few, { recursive: true });
        await cp(image('red/0.png'), join(few, 'pink', '0.png'));
        return ['train', few, '--out', join(root, 'n')];
      },
      /pink has 1 image/,
    ],
    [
      'an output folder under a file',
      async () => ['train', images, '--out', join(model, 'config.json', 'x'), '--model', model, ...quick],
      /config\.json\/x cannot be written: part of the path is a file/,
    ],
    [
      'a finished classifier',
      async () => ['train', images, '--out', classifier, ...quick],
      /already holds a finished classifier/,
    ],
    [
      'a classifier that is no folder',
      async () => ['predict', image('red/0.png'), image('red/0.png')],
      /0\.png is a file; a classifier is the folder/,
    ],
    [
      'no classifier',
      async () => ['predict', join(root, 'none'), 'a.png'],
      /There is no folder \S+none; a classifier is/,
    ],
    [
      'an exported file',
      async () => {
        await writeFile(join(root, 'exported.onnx'), 'onnx');
        return ['predict', join(root, 'exported.onnx'), 'a.png'];
      },
      /exported\.onnx is an exported model, which ONNX Runtime opens directly/,
    ],
    [
      'another CLIP',
      async () => ['predict', classifier, image('red/0.png'), '--model', model],
      /were trained on the CLIP \S+ \(\w{12}\), and this is another one/,
    ],
    [
      'a CLIP that is not there',
      async () => {
        const moved = join(root, 'moved');
        await cp(join(root, 'first'), moved, { recursive: true });
        const run = JSON.parse(await readFile(join(moved, 'run.json'), 'utf8'));
        run.clip.source = '/elsewhere/clip';
        await writeFile(join(moved, 'run.json'), JSON.stringify(run));
        return ['predict', moved, image('red/0.png')];
      },
      /needs the CLIP \/elsewhere\/clip \(SHA-256 \w{12}…\), which is not on this machine: copy that model here/,
    ],
    [
      'prompts cut in half',
      async () => {
        const half = join(root, 'half');
        await cp(classifier, half, { recursive: true });
        await truncate(join(half, 'prompts.safetensors'), 1000);
        return ['predict', half, image('red/0.png')];
      },
      /prompts\.safetensors is (cut short|not a whole)/,
    ],
    [
      'one class left',
      async () => ['predict', classifier, image('red/0.png'), '--classes', 'one'],
      /needs two classes/,
    ],
    [
      'an export into a file',
      async () => ['export', classifier, '--out', join(image('red/0.png'), 'x.onnx')],
      /cannot be written/,
    ],
  ];
  test.each(cases)('%s', async (_, args, sentence) => {
    const { code, stdout, stderr } = await callCli(await args());
    const said = stderr
      .trimEnd()
      .split('\n')
      .filter(line => !line.startsWith('  ') && !line.startsWith('MaPLe on'));
    expect(said).toHaveLength(1);
    expect(said[0]).toMatch(sentence);
    expect(code).toBeGreaterThan(0);
    expect(stdout).toBe('');
    expect((await readdir(root)).filter(name => name === 'n' || name.endsWith('.tmp'))).toEqual([]);
  });
});
