import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';

/** For tests: a root with EuroSAT in its true layout, four classes of plain colours. */
export async function tinyRoot(images = 10): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), 'dgprompt-root-'));
  const classes = { AnnualCrop: '#d0c020', Forest: '#106010', River: '#2040c0', SeaLake: '#103080' };
  for (const [name, background] of Object.entries(classes)) {
    const folder = join(root, 'eurosat', '2750', name);
    await mkdir(folder, { recursive: true });
    for (let i = 1; i <= images; i++) {
      const size = 60 + i; // no two files are equal
      const plain = sharp({ create: { width: size, height: 64, channels: 3, background } });
      await plain.jpeg().toFile(join(folder, `${name}_${i}.jpg`));
    }
  }
  return root;
}
