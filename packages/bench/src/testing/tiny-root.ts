import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

const datasets = {
  eurosat: { inside: '2750', classes: ['AnnualCrop', 'Forest', 'River', 'SeaLake'] },
  dtd: { inside: 'images', classes: ['banded', 'dotted', 'lined', 'woven'] },
} as const;
const colours = ['#d0c020', '#106010', '#2040c0', '#103080'];

/**
 * For tests: a root with one dataset in its original layout, four classes of plain colours, by default ten images each.
 */
export async function tinyRoot(id: keyof typeof datasets, images = 10): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'dgprompt-root-'));
  const { inside, classes } = datasets[id];
  for (const [c, name] of classes.entries()) {
    const folder = join(root, id, inside, name);
    await mkdir(folder, { recursive: true });
    for (let i = 1; i <= images; i++) {
      const width = 60 + i; // no two files are equal
      const plain = sharp({ create: { width, height: 64, channels: 3, background: colours[c]! } });
      await plain.jpeg().toFile(join(folder, `${name}_${i}.jpg`));
    }
  }
  return root;
}
