import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { beforeAll, expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { examples } from './examples.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dgprompt-examples-'));
  for (let i = 0; i < 20; i++) {
    const plain = { width: 300, height: 200, channels: 3, background: '#204080' } as const;
    await sharp({ create: plain })
      .png()
      .toFile(join(folder, `${i}.png`));
  }
});

const classNames = ['cat', nasty];
const answers = (predicted: number[], place = folder) => ({
  images: predicted.map((_, i) => join(place, `${i}.png`)),
  labels: predicted.map(() => 0),
  predicted,
  classNames,
});
const shown = { method: 'dgprompt', other: 'clip' };
const always = async () => true;

test('some correct and some wrong images are displayed, small, with their class and prediction', async () => {
  const { all } = parsed(
    await examples(answers(Array.from({ length: 20 }, (_, i) => i % 2)), undefined, shown, always),
  );
  expect(all('.label').map(label => label.textContent)).toEqual(['DGPrompt is right', 'DGPrompt is wrong']);
  expect(all('ul').map(list => [...list.querySelectorAll('img')].length)).toEqual([6, 6]);
  expect(all('figcaption').map(caption => caption.textContent)).toEqual([
    ...Array.from({ length: 6 }, () => 'cat'),
    ...Array.from({ length: 6 }, () => `${nasty}is cat`),
  ]);
  const [image] = all('img');
  expect(image!.getAttribute('alt')).toBe('An image of cat');
  const bytes = Buffer.from(image!.getAttribute('src')!.replace('data:image/jpeg;base64,', ''), 'base64');
  expect(await sharp(bytes).metadata()).toMatchObject({ width: 128, height: 85 });
});

test('images on which the other method differs come first', async () => {
  const own = answers([0, 0, 0, 0, 0, 0, 0, 0]);
  const { all } = parsed(await examples(own, answers([0, 0, 0, 0, 0, 0, 0, 1]), shown, always));
  expect(all('figcaption')[0]?.textContent).toBe(`catCLIP: ${nasty}`);
  expect(all('figcaption')[1]?.textContent).toBe('cat');
});

test('missing images are named in one line', async () => {
  const { all } = parsed(await examples(answers([0, 1], join(folder, 'gone')), undefined, shown, always));
  expect(all('img')).toEqual([]);
  expect(all('.note').map(note => note.textContent)).toEqual([
    `Images that are not on this machine, or not in the data named with --suite or --root, such as ${join(folder, 'gone', '0.png')}, are left out.`,
  ]);
});
