import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode } from './decode.js';
import { canDecodeHeic } from './decoder.js';
import { turn } from './turn.js';

/** Made with Pillow 13 by `make.py` in these folders, with the pixels from its `convert("RGB")`. */
const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url));
const cases = fileURLToPath(new URL('../../../../shared/cases/images/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'decode-'));

interface Expected {
  width: number;
  height: number;
  offset: number;
}

describe.each([
  ['formats and colour modes', fixtures],
  ['rare kinds', join(fixtures, 'odd')],
])("%s, like Pillow's convert('RGB')", (_, from) => {
  const expected: Record<string, Expected> = JSON.parse(readFileSync(join(from, 'pixels.json'), 'utf8'));
  const pixels = readFileSync(join(from, 'pixels.bin'));
  test.each(Object.entries(expected))('%s', async (name, { width, height, offset }) => {
    const picture = await decode(join(from, name));
    expect([picture.width, picture.height]).toEqual([width, height]);
    const want = pixels.subarray(offset, offset + width * height * 3);
    // JPEG and lossy WebP decoders may round differently; these also agree bit for bit.
    expect(Buffer.compare(Buffer.from(picture.data), want)).toBe(0);
  });
});

describe.skipIf(!existsSync(cases))("reported files, with Pillow's pixels (needs ../shared/cases)", () => {
  const expected: Record<string, { width: number; height: number; sha256: string }> = JSON.parse(
    readFileSync(join(fixtures, 'shared-cases.json'), 'utf8'),
  );
  test.each(Object.entries(expected))('%s', async (name, { width, height, sha256 }) => {
    const picture = await decode(join(cases, name));
    expect([picture.width, picture.height]).toEqual([width, height]);
    expect(createHash('sha256').update(picture.data).digest('hex')).toBe(sha256);
  });
});

test('the orientation tag is ignored by default', async () => {
  const file = join(fixtures, 'turned.png');
  const plain = await decode(file);
  const turned = await decode(file, { orientation: true });
  expect([turned.width, turned.height]).toEqual([plain.height, plain.width]);
  expect([...turned.data.subarray(0, 3)]).toEqual([
    ...plain.data.subarray((plain.height - 1) * plain.width * 3).subarray(0, 3),
  ]);
});

describe('AVIF, nearly like Pillow', () => {
  const heif = join(fixtures, 'heif');
  const names = readdirSync(heif).filter(name => name.endsWith('.avif'));
  test.each(names)('%s: as stored, and rotated on request', async name => {
    const [ours, pillows] = [await decode(join(heif, name)), await decode(join(heif, `${name}.png`))];
    expect([ours.width, ours.height]).toEqual([pillows.width, pillows.height]);
    const differences = [...ours.data].map((value, i) => Math.abs(value - pillows.data[i]!));
    const mean = differences.reduce((sum, one) => sum + one, 0) / differences.length;
    // If four pixels share a colour, libheif and Pillow's libavif upsample it differently.
    if (name === 'half-colour.avif') expect(mean).toBeLessThan(5);
    else expect(Math.max(...differences)).toBeLessThanOrEqual(2);
    const upright = await decode(join(heif, name), { orientation: true });
    const tag = Number(/turned(\d)/.exec(name)?.[1] ?? 1);
    const turned = turn(ours, tag);
    expect([turned.width, turned.height]).toEqual([upright.width, upright.height]);
    expect(Buffer.compare(turned.data, upright.data)).toBe(0);
  });

  test.skipIf(canDecodeHeic())('HEIC is rejected with advice', async () => {
    await expect(decode(join(heif, 'photo.heic'))).rejects.toThrow(
      'photo.heic cannot be read as an image: it is HEIC, which needs a system libvips with HEVC; convert it to JPEG, as with `heif-convert -q 95 photo.heic photo.jpg`.',
    );
  });
});

describe('hostile files throw one sentence', () => {
  const bitmap = (width: number, height: number) => {
    const bytes = Buffer.alloc(100);
    bytes.write('BM');
    bytes.writeUInt32LE(54, 10);
    bytes.writeUInt32LE(40, 14);
    bytes.writeInt32LE(width, 18);
    bytes.writeInt32LE(height, 22);
    bytes.writeUInt16LE(1, 26);
    bytes.writeUInt16LE(24, 28);
    return bytes;
  };
  test.each<[string, () => Promise<Buffer> | Buffer, RegExp]>([
    ['empty.jpg', () => Buffer.alloc(0), /the file is empty/],
    ['words.jpg', () => Buffer.from('these are words, not pixels\n'.repeat(20)), /unsupported image format/],
    ['huge.bmp', () => bitmap(65000, 65000), /65000 × 65000 pixels are more than 178,956,970/],
    ['long.bmp', () => bitmap(1000, 1000), /cut short/],
    ['negative.bmp', () => bitmap(-5, 5), /-5 × 5/],
    ['tiny.bmp', () => Buffer.from('BM'), /cut short/],
    [
      'huge.png', // a header that claims 65,000 × 65,000, in a file of a few hundred bytes
      () => {
        const bytes = readFileSync(join(fixtures, 'grey.png'));
        bytes.writeUInt32BE(65000, 16);
        bytes.writeUInt32BE(65000, 20);
        bytes.writeUInt32BE(crc32(bytes.subarray(12, 29)), 29);
        return bytes;
      },
      /65000 × 65000 pixels are more than/,
    ],
  ])('%s', async (name, make, says) => {
    const file = join(folder, name);
    writeFileSync(file, await make());
    const error = await decode(file).catch((cause: Error) => cause.message);
    expect(error).toContain(file);
    expect(error).toMatch(says);
    expect(error).not.toContain('\n');
  });

  test('a folder and a missing file', async () => {
    await expect(decode(folder)).rejects.toThrow('it is a folder');
    await expect(decode(join(folder, 'none.png'))).rejects.toThrow('there is no such file');
    expect(existsSync(join(folder, 'none.png'))).toBe(false);
  });
});

test('text that looks like a drawing does not turn a JPEG into one', async () => {
  const jpeg = readFileSync(join(fixtures, 'rgb.jpg'));
  const text = Buffer.from('<?xml version="1.0"?><!-- <svg> -->');
  const length = Buffer.from([0xff, 0xfe, 0, text.length + 2]);
  const noted = Buffer.concat([jpeg.subarray(0, 2), length, text, jpeg.subarray(2)]);
  expect(await decode(noted)).toEqual(await decode(jpeg));
});

describe('drawings', () => {
  const svg = (body: string, more = '') =>
    Buffer.from(`<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30" ${more}>${body}</svg>`);
  const plain = svg('<rect width="40" height="30" fill="#ff0000"/>');

  test('are drawn from bytes, but from files only on request', async () => {
    const picture = await decode(plain);
    expect([picture.width, picture.height, ...picture.data.subarray(0, 3)]).toEqual([40, 30, 255, 0, 0]);
    for (const [name, bytes] of [
      ['drawing.png', plain],
      ['packed.svgz', gzipSync(plain)],
      ['comment.svg', Buffer.concat([Buffer.from(`<!-- ${'x'.repeat(900)} -->`), plain])],
      ['wide.svg', Buffer.from(`\ufeff${plain}`, 'utf16le')],
    ] as const) {
      const file = join(folder, name);
      writeFileSync(file, bytes);
      await expect(decode(file), name).rejects.toThrow('it is an SVG drawing; save it as PNG');
    }
    writeFileSync(join(folder, 'drawing.svg'), plain);
    expect(await decode(join(folder, 'drawing.svg'), { svg: true })).toEqual(picture);
  });

  test('that take too long are stopped, without blocking the process', { timeout: 30_000 }, async () => {
    const filter = `<filter id="f">${'<feMorphology operator="dilate" radius="900"/>'.repeat(60)}</filter>`;
    const slow = svg(`${filter}<rect width="4000" height="4000" filter="url(#f)"/>`, 'viewBox="0 0 4000 4000"')
      .toString()
      .replace('width="40" height="30"', 'width="4000" height="4000"');
    const [drawn, done] = await Promise.all([
      decode(Buffer.from(slow)).catch((error: Error) => error.message),
      decode(join(fixtures, 'grey.png')),
    ]);
    expect(drawn).toMatch(/drawing it takes more than (5 seconds|a gigabyte)/);
    expect(done.width).toBeGreaterThan(0);
  });
});

test.skipIf(process.platform === 'win32')('a pipe is rejected without waiting for it', async () => {
  const pipe = join(folder, 'pipe.png');
  execFileSync('mkfifo', [pipe]);
  await expect(decode(pipe)).rejects.toThrow(/pipe\.png cannot be read as an image: it is a pipe/);
  await expect(decode(join(folder, `${'x'.repeat(300)}.png`))).rejects.toThrow('its name is too long');
});
