import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';

const built = name => join(root, 'packages', 'lab', 'dist', 'speed', name);

/** The checks, as functions that return what is wrong; the first one needs an empty folder. */
const checks = {
  'a table of start-up times, and nothing left behind': tables,
  'photographs per second': photographs,
};

/** `npm run speed` on its own ViT-B/16, using the fastest part; and a measurement with photographs on a small CLIP. */
export const speed = {
  name: 'speed',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'dgprompt speed test '));
    try {
      if ((await turbo(['build'], ['--filter=@dgprompt/lab'], { quiet: true })) !== 0) throw new Error('no build');
      const counts = { passed: 0, failed: 0, skipped: 0 };
      for (const [what, problemOf] of Object.entries(checks)) {
        const problem = await problemOf(folder);
        console.log(problem ? `✗ ${problem}` : `✓ ${what}`);
        counts[problem ? 'failed' : 'passed']++;
      }
      return counts;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

async function tables(folder) {
  const out = join(folder, 'speed.md');
  const options = ['--parts', 'start-up', '--repeats', '1', '--out', out];
  const started = [built('main.js'), ...options];
  const { code, output } = await run(process.execPath, started, { capture: true, env: { TMPDIR: folder } });
  if (code !== 0) return output;
  const [table, left] = [readFileSync(out, 'utf8'), readdirSync(folder)];
  if (!/\| from start to first step done \| [\d.]+ s \|/.test(table)) return `there is no start-up in\n${table}`;
  if (!/rate of matrix products .*: \d+ GFLOP\/s/.test(table)) return `there is no ceiling in\n${table}`;
  if (left.length > 1) return `${left} were left behind`;
  return undefined;
}

async function photographs(folder) {
  const model = join(root, 'packages', 'pictograms', 'model');
  const options = { model, method: 'clip', images: 1, photos: join(folder, 'photographs') };
  const message = JSON.stringify({ row: 'evaluation', options, device: 'cpu', threads: 0 });
  const { output } = await run(process.execPath, [built('measure.js'), message], { capture: true });
  return /^\{"result":\{"images":[\d.]+,/.test(output) ? undefined : `there are no images a second in\n${output}`;
}
