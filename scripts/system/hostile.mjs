import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';
import { total } from '../summary.mjs';
import { counted, dgprompt, inNode, refusal } from './commands.mjs';
import { packageTests } from './package-tests.mjs';
import { earlierInterface, reportCases } from './report-cases.mjs';

const cases = join(root, '..', 'shared', 'cases');

/** Hostile files, recorded bug reports, and every reader's fuzz test in its long form, under time and memory limits. */
export const hostile = {
  name: 'hostile',
  async run({ full }) {
    await turbo(['build'], ['--filter=dgprompt'], { quiet: true });
    const counts = [];
    const env = { DGPROMPT_FUZZ: full ? '20000' : '2000' };
    for (const name of ['io', 'images', 'clip', 'datasets'])
      counts.push(await packageTests({ checkout: root, name, files: ['fuzz', 'budget', 'unpack'], env }));
    if (existsSync(cases)) counts.push(await hostileFiles(), await recordedReports());
    else console.log(`skipped  hostile files and recorded reports: there is no ${cases}`);
    return total(counts);
  },
};

/** A malicious checkpoint or drawing must end in one sentence, quickly, and in little memory. */
async function hostileFiles() {
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-hostile-'));
  const images = JSON.stringify(join(root, 'packages', 'images', 'dist', 'index.js'));
  const limits = { cwd: folder, env: { DGPROMPT_CACHE: join(folder, 'cache') }, seconds: 60, megabytes: 1500 };
  const checks = {};
  for (const name of readdirSync(join(cases, 'hostile')).sort()) {
    const path = join(cases, 'hostile', name);
    if (name.endsWith('.pt'))
      checks[`the checkpoint ${name}`] = async () =>
        refusal(await dgprompt(['zero-shot', '--tasks', 'weather', '--model', path, '--threads', '1'], limits), /\.pt/);
    if (name.endsWith('.svg'))
      checks[`the drawing ${name}`] = async () => {
        const program = `const { evalPixels } = await import(${images});
          await evalPixels(${JSON.stringify(path)}, 48).catch(error => { console.error(error.message); process.exit(1); });
          process.exit(0);`;
        const ended = await inNode(program, limits);
        return ended.over ?? (ended.code === 0 ? undefined : refusal(ended, /\.svg/));
      };
  }
  try {
    return await counted(checks);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Recorded bug reports, each with its expected outcome. */
async function recordedReports() {
  const names = readdirSync(join(cases, 'reports'), { withFileTypes: true }).filter(one => one.isDirectory());
  const checks = {};
  let skipped = 0;
  for (const { name } of names) {
    if (earlierInterface.includes(name)) {
      console.log(`skipped  ${name}: its program is written for an earlier interface`);
      skipped++;
      continue;
    }
    checks[`the report ${name}`] = async () => {
      const script = join(cases, 'reports', name, 'run.sh');
      const { output } = await run('bash', [script], {
        env: { DGPROMPT_CHECKOUT: root, CI: undefined },
        capture: true,
      });
      const right = reportCases[name];
      if (!right) return 'nothing says what is right';
      const wrong = right(output);
      return wrong && `${wrong}:\n${output.slice(-1500)}`;
    };
  }
  const counts = await counted(checks);
  return { ...counts, skipped: counts.skipped + skipped };
}
