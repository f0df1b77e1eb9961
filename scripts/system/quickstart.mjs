import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { run } from '../processes.mjs';
import { root } from '../setup.mjs';

/** `npm run quickstart` on one task: checks its output, and that a second start repeats nothing. */
export const quickstart = {
  name: 'quickstart',
  async run() {
    const results = mkdtempSync(join(tmpdir(), 'dgprompt quickstart '));
    try {
      const command = [
        join(root, 'scripts', 'quickstart.mjs'),
        '--tasks',
        'weather',
        '--epochs',
        '1',
        '--results',
        results,
      ];
      const runs = [];
      for (let i = 0; i < 2; i++) {
        const { code, output } = await run(process.execPath, command, { cwd: root, capture: true });
        runs.push({ code, text: stripVTControlCharacters(output) });
      }
      const problem = wrong(runs);
      console.log(problem ? `✗ ${problem}` : '✓ lines, a table, a report, and the second time nothing is done again');
      return problem ? { passed: 0, failed: 1, skipped: 0 } : { passed: 1, failed: 0, skipped: 0 };
    } finally {
      rmSync(results, { recursive: true, force: true });
    }
  },
};

function wrong([first, second]) {
  for (const { code, text } of [first, second]) {
    if (code !== 0) return `exit code ${code}: ${text}`;
    if (text.includes('{"event"')) return `lines for programs among those for people: ${text}`;
    if (!/ weather +[\d.]+ +[\d.]+ +[\d.]+ /.test(text)) return `there is no table in\n${text}`;
  }
  if (!/Open it in a browser: .*report\.html/.test(first.text)) return `no report is named in\n${first.text}`;
  if (!first.text.includes('✓ weather  DGPrompt')) return `a run has no line in\n${first.text}`;
  if (second.text.includes('✓ weather')) return `the second time did runs again:\n${second.text}`;
  return undefined;
}
