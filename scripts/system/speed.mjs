import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';

/** `npm run speed` on its own ViT-B/16, the part that takes least. */
export const speed = {
  name: 'speed',
  async run() {
    const folder = mkdtempSync(join(tmpdir(), 'dgprompt speed test '));
    try {
      if ((await turbo(['build'], ['--filter=@dgprompt/lab'], { quiet: true })) !== 0) throw new Error('no build');
      const out = join(folder, 'speed.md');
      const program = join(root, 'packages', 'lab', 'dist', 'speed', 'main.js');
      const { code, output } = await run(
        process.execPath,
        [program, '--parts', 'start-up', '--repeats', '1', '--out', out],
        {
          capture: true,
          env: { TMPDIR: folder },
        },
      );
      const problem = code !== 0 ? output : wrong(readFileSync(out, 'utf8'), readdirSync(folder));
      console.log(problem ? `✗ ${problem}` : '✓ a table of start-up times, and nothing left behind');
      return problem ? { passed: 0, failed: 1, skipped: 0 } : { passed: 1, failed: 0, skipped: 0 };
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

function wrong(table, left) {
  if (!/\| from start to first step done \| [\d.]+ s \|/.test(table)) return `there is no start-up in\n${table}`;
  if (!/rate of matrix products .*: \d+ GFLOP\/s/.test(table)) return `there is no ceiling in\n${table}`;
  if (left.length > 1) return `${left} were left behind`;
  return undefined;
}
