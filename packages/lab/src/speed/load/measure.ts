import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { forms, randomParameters, vitB16, writeCheckpoint } from '@dgprompt/clip/testing/checkpoints';

/**
 * Load time and peak memory of a random ViT-B/16 in every format, each in a separate process; also checks that all give
 * the same features. `npm run measure -w @dgprompt/clip`, optionally with names of formats after `--`.
 */
const wanted = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), 'measure-clip-'));
const MB = 1e6;
let first: number[] | undefined;
let failed = false;
try {
  console.log('form               file MB   load s   first batch s   peak MB   peak / file   largest difference');
  const named = randomParameters(vitB16);
  for (const form of forms) {
    if (wanted.length > 0 && !wanted.includes(form)) continue;
    const path = await writeCheckpoint(folder, form, vitB16, named);
    const size = readdirSync(path).reduce((sum, name) => sum + statSync(join(path, name)).size, 0);
    const child = spawnSync(
      process.execPath,
      ['--import', import.meta.resolve('tsx'), fileURLToPath(new URL('./measure-load.ts', import.meta.url)), path],
      { encoding: 'utf8', maxBuffer: 2 ** 26 },
    );
    rmSync(path, { recursive: true });
    if (child.status !== 0) throw new Error(`${form}: ${child.stderr}`);
    const { load, batch, peak, features } = JSON.parse(child.stdout) as Record<string, number> & { features: number[] };
    first ??= features;
    const difference = Math.max(...features.map((x, i) => Math.abs(x - first![i]!)));
    failed ||= !(difference < 1e-5);
    const cells = [
      (size / MB).toFixed(0),
      load!.toFixed(1),
      batch!.toFixed(1),
      (peak! / MB).toFixed(0),
      (peak! / size).toFixed(2),
    ];
    console.log(
      form.padEnd(17) +
        cells.map((cell, i) => cell.padStart([9, 9, 16, 10, 14][i]!)).join('') +
        difference.toExponential(1).padStart(21),
    );
  }
} finally {
  rmSync(folder, { recursive: true });
}
if (failed) throw new Error('The forms do not give the same features to 1e-5.');
