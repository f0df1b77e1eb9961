import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { describe, expect, test } from 'vitest';
import type { Box } from './crop.js';
import { centreCrop, crop } from './crop.js';
import { decode } from './decode.js';
import { CLIP_MEAN, CLIP_STD } from './normalise.js';
import { type Augmentation, augmentations, evalPixels, trainPixels, trainViews } from './pixels.js';
import { resize, resizeCentre, resizeShortSide } from './resize.js';

const golden = fileURLToPath(new URL('../../../../shared/golden/images/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'images-'));

/** A fixed sequence of numbers in [0, 1). */
function sequence(start = 1) {
  let state = start;
  return {
    next() {
      state = (state * 16807) % 2147483647;
      return state / 2147483647;
    },
  };
}

async function picture(width: number, height: number, channels: 3 | 4 = 3): Promise<string> {
  const random = sequence(width * 31 + height);
  const data = Uint8Array.from({ length: width * height * channels }, () => Math.floor(random.next() * 256));
  const file = join(folder, `${width}x${height}x${channels}.png`);
  await sharp(data, { raw: { width, height, channels } }).png().toFile(file);
  return file;
}

describe.skipIf(!existsSync(golden))("pixels equal Pillow's and torchvision's (needs ../shared/golden)", () => {
  const file = readFileSync(join(golden, 'expected.safetensors'));
  const headerLength = Number(file.readBigUInt64LE(0));
  const header = JSON.parse(file.toString('utf8', 8, 8 + headerLength));
  const expected = (name: string) => {
    const [start, end] = header[name].data_offsets;
    return new Uint8Array(file.subarray(8 + headerLength + start, 8 + headerLength + end));
  };
  const pillow = Number.parseInt(header.__metadata__.pillow, 10) >= 13 ? 13 : 12;
  const cases: { image: number; crop: [number, number, number, number] }[] = JSON.parse(header.__metadata__.cases);

  test.each(cases)('image $image', async ({ image, crop: [top, left, height, width] }) => {
    const source = await decode(join(golden, `${image}.png`));
    const box: Box = { top, left, height, width };
    const made = {
      eval224: centreCrop(resizeShortSide(source, 224, { pillow }), 224),
      'eval224 at once': resizeCentre(source, 224, { pillow }),
      eval64: centreCrop(resizeShortSide(source, 64, { pillow }), 64),
      crop224: resize(crop(source, box), 224, 224, { pillow }),
    };
    for (const [name, { data }] of Object.entries(made))
      expect(Buffer.compare(data, expected(`${image}.${name.split(' ')[0]}`)), name).toBe(0);
  });
});

test('evalPixels is the resized centre, normalised, channels first', async () => {
  const file = await picture(40, 20);
  const pixels = await evalPixels(file, 10);
  const { data } = centreCrop(resizeShortSide(await decode(file), 10), 10);
  expect(pixels).toHaveLength(3 * 10 * 10);
  for (let channel = 0; channel < 3; channel++) {
    const value = (data[(4 * 10 + 7) * 3 + channel]! / 255 - CLIP_MEAN[channel]!) / CLIP_STD[channel]!;
    expect(pixels[channel * 100 + 4 * 10 + 7]).toBeCloseTo(value, 5);
  }
});

test('alpha is dropped and grey becomes RGB', async () => {
  const file = await picture(6, 5, 4);
  const { data } = await decode(file);
  const raw = await sharp(file).raw().toBuffer();
  expect([...data.slice(0, 6)]).toEqual([raw[0], raw[1], raw[2], raw[4], raw[5], raw[6]]);
  const grey = await sharp(file).removeAlpha().greyscale().png().toBuffer();
  const rgb = await decode(grey);
  expect(rgb.data).toHaveLength(6 * 5 * 3);
  expect(rgb.data[3]).toBe(rgb.data[5]);
});

test('training pixels depend only on the generator, not on the order of loading', async () => {
  const files = [await picture(40, 20), await picture(15, 33)];
  const random = sequence(3);
  const together = await Promise.all(files.map(file => trainPixels(file, 8, random)));
  const again = sequence(3);
  const oneByOne = [await trainPixels(files[0]!, 8, again), await trainPixels(files[1]!, 8, again)];
  expect(together).toEqual(oneByOne);
  expect(await trainPixels(files[0]!, 8, sequence(4))).not.toEqual(together[0]);
});

test('every augmentation draws equally many numbers for each image, and its own views', async () => {
  const file = await picture(40, 25);
  const drawn = async (augmentation: Augmentation, seed: number) => {
    let count = 0;
    const random = sequence(seed);
    const counted = { next: () => ++count && random.next() };
    return { view: await trainPixels(file, 8, counted, { augmentation }), count };
  };
  const counts = { crops: 41, randaugment: 8, augmix: 75 };
  for (const augmentation of augmentations) {
    const [one, other] = [await drawn(augmentation, 3), await drawn(augmentation, 4)];
    expect([one.count, other.count]).toEqual([counts[augmentation], counts[augmentation]]);
    expect(one.view).not.toEqual(other.view);
  }
});

test('several views of an image equal those made one by one', async () => {
  const file = await picture(40, 25);
  for (const augmentation of augmentations) {
    const numbers = () => [sequence(3), sequence(8), sequence(21)];
    const together = await trainViews(file, 8, numbers(), { augmentation });
    expect(together).toEqual(await Promise.all(numbers().map(one => trainPixels(file, 8, one, { augmentation }))));
  }
  expect(await trainViews(file, 8, [])).toEqual([]);
});

test('RandAugment sees the whole image, without a crop', async () => {
  const file = await picture(16, 16);
  const inverted = { next: () => 2.5 / 16 };
  const twice = await trainPixels(file, 16, inverted, { augmentation: 'randaugment' });
  expect(twice).toEqual(await evalPixels(file, 16));
});

test.each([
  ['missing.jpg', undefined, /no such file/],
  ['empty.jpg', '', /empty/],
  ['text.jpg', 'these are words, not pixels\n'.repeat(20), /unsupported/],
])('%s is rejected in one line with its name', async (name, content, reason) => {
  const file = join(folder, name);
  if (content !== undefined) writeFileSync(file, content);
  const error = await evalPixels(file, 8).catch((cause: Error) => cause.message);
  expect(error).toContain(file);
  expect(error).toMatch(reason);
  expect(error).not.toContain('\n');
});

test('a truncated file is rejected with its name', async () => {
  const whole = readFileSync(await picture(64, 64));
  const file = join(folder, 'cut.png');
  writeFileSync(file, whole.subarray(0, whole.length / 2));
  await expect(evalPixels(file, 8)).rejects.toThrow(file);
  const jpeg = await sharp(await picture(64, 64))
    .jpeg()
    .toBuffer();
  writeFileSync(join(folder, 'cut.jpg'), jpeg.subarray(0, jpeg.length / 2));
  await expect(evalPixels(join(folder, 'cut.jpg'), 8)).rejects.toThrow('cut.jpg');
});

test('a part of a resized picture equals that part of the whole', async () => {
  const source = await decode(await picture(37, 23));
  for (const [width, height] of [
    [20, 11],
    [37, 11],
    [20, 23],
    [37, 23],
    [60, 50],
  ] as const) {
    const box = { top: 3, left: 5, width: 9, height: 7 };
    expect(resize(source, width, height, { part: box })).toEqual(crop(resize(source, width, height), box));
  }
});
