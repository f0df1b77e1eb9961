import { classSubset, type Dataset, type Item } from '@dgprompt/datasets';
import { printable } from '@dgprompt/io';
import sharp, { type OverlayOptions } from 'sharp';
import { writeOutput } from '../terminal/check-output.js';

/** Sizes in pixels. */
const side = 96;
const gap = 4;
const label = 220;
const mark = 8;
/** Colours that mark base and new classes. */
export const markColours = { base: '#2e8b57', new: '#e07b00' } as const;

/** Most images per class; more would make the sheet too wide. */
const mostImages = 16;

/**
 * Draws the training images of a (few-shot) dataset, one row per class: a mark in the colour of its half, its name, its
 * images.
 *
 * @param file a PNG file, written atomically
 * @param options.classes the most base classes and the most new classes, the first of each
 * @returns the numbers of classes drawn, and of all classes
 * @throws Error naming an image that cannot be read
 */
export async function contactSheet(
  dataset: Dataset,
  file: string,
  { classes }: { classes: number },
): Promise<{ shown: number; all: number }> {
  const halves = dataset.classNames.length < 2 ? (['base'] as const) : (['base', 'new'] as const);
  const rows = halves.flatMap(half => {
    const part = classSubset(dataset, half);
    return part.classNames.slice(0, classes).map((name, label) => ({
      half,
      name,
      items: part.train.filter(item => item.label === label).slice(0, mostImages),
    }));
  });
  const columns = Math.max(1, ...rows.map(({ items }) => items.length));
  const width = label + columns * (side + gap) + gap;
  const overlays: OverlayOptions[] = [];
  for (const [row, { half, name, items }] of rows.entries()) {
    const top = gap + row * (side + gap);
    overlays.push({ input: caption(half, name), top, left: 0 });
    for (const [column, item] of items.entries()) {
      overlays.push({ input: await thumbnail(item), top, left: label + column * (side + gap) });
    }
  }
  const height = gap + rows.length * (side + gap);
  const png = await sharp({ create: { width, height, channels: 3, background: '#ffffff' } })
    .composite(overlays)
    .removeAlpha()
    .png()
    .toBuffer();
  await writeOutput(file, png);
  return { shown: rows.length, all: dataset.classNames.length };
}

async function thumbnail({ path }: Item): Promise<Buffer> {
  try {
    return await sharp(path).resize(side, side, { fit: 'cover' }).flatten({ background: '#ffffff' }).png().toBuffer();
  } catch (cause) {
    throw new Error(`${path} cannot be read as an image: ${(cause as Error).message.split('\n')[0]}.`, { cause });
  }
}

function caption(half: 'base' | 'new', name: string): Buffer {
  const words = printable(name.replaceAll('_', ' '));
  const signs = [...words]; // half of a surrogate pair is not valid text
  const short = signs.length > 24 ? `${signs.slice(0, 23).join('')}…` : words;
  const escaped = short.replace(/[&<>"]/g, character => `&#${character.charCodeAt(0)};`);
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${label}" height="${side}">
      <rect width="${mark}" height="${side}" fill="${markColours[half]}"/>
      <text x="18" y="${side / 2 - 2}" font-family="sans-serif" font-size="15" fill="#111111">${escaped}</text>
      <text x="18" y="${side / 2 + 18}" font-family="sans-serif" font-size="12" fill="${markColours[half]}">${half}</text>
    </svg>`,
  );
}
