import { readdir } from 'node:fs/promises';
import { dirname, join, parse } from 'node:path';
import { centreCrop, crop, decode, type Picture, resize, resizeShortSide } from '@dgprompt/images';
import type { SafetensorsFile } from '@dgprompt/io';
import type { Comparison } from '../golden/method-steps.js';
import { distance, exact } from './golden-case.js';

/**
 * `3.eval224`: image 3 with its short side resized to 224 pixels, centre crop; `3.crop224`: a box of it resized to 224
 * by 224.
 */
const recordedView = /^(.+)\.(eval|crop)(\d+)$/;

/** Whether a file records views of the images next to it. */
export const isPixelFile = ({ tensors }: SafetensorsFile): boolean =>
  tensors.size > 0 && [...tensors.keys()].every(name => recordedView.test(name));

/** The largest difference of each image's views, in levels of 255, using the resizing order of their Pillow version. */
export async function pixelCase(file: SafetensorsFile): Promise<Comparison[]> {
  const folder = dirname(file.path);
  const files = await readdir(folder);
  const boxes = new Map(
    (JSON.parse(file.metadata.cases ?? '[]') as { image: number | string; crop?: number[] }[]).map(
      ({ image, crop }) => [String(image), crop] as const,
    ),
  );
  const pillow = Number.parseInt(file.metadata.pillow ?? '12', 10) >= 13 ? 13 : 12;
  const pictures = new Map<string, Picture>();
  const checks: Comparison[] = [];
  for (const name of file.tensors.keys()) {
    const [, image, kind, side] = recordedView.exec(name)!;
    const source = files.find(one => parse(one).name === image && parse(one).ext !== '.safetensors');
    if (source === undefined) throw new Error(`there is no image "${image}" in ${folder}`);
    const picture = pictures.get(source) ?? (await decode(join(folder, source)));
    pictures.set(source, picture);
    const size = Number(side);
    const { data } =
      kind === 'eval'
        ? centreCrop(resizeShortSide(picture, size, { pillow }), size)
        : resize(boxed(picture, boxes.get(image!)), size, size, { pillow });
    checks.push(exact(name, distance(data, file.read(name))));
  }
  return checks;
}

function boxed(picture: Picture, box: readonly number[] | undefined): Picture {
  if (box?.length !== 4) throw new Error('its metadata has no box [top, left, height, width] for a crop');
  const [top, left, height, width] = box as [number, number, number, number];
  return crop(picture, { top, left, height, width });
}
