import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { quietEnvironment } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';

const long = { tasks: 'weather,clothing', seeds: '1,2,3,4,5', runs: 30, kills: 5 };
const short = { tasks: 'weather', seeds: '1,2,3', runs: 9, kills: 2 };

/**
 * Runs on two workers that are killed at random give the same table, losses and prompts as undisturbed ones, bit for
 * bit.
 */
export const killedWorkers = {
  name: 'workers killed at random',
  async run({ full }) {
    const size = full ? long : short;
    if (process.platform === 'win32') return 'it needs ps and signals';
    await turbo(['build'], ['--filter=dgprompt'], { quiet: true });
    const folders = ['undisturbed', 'killed'].map(name => mkdtempSync(join(tmpdir(), `dgprompt-${name}-`)));
    try {
      const [undisturbed, killed] = [await once(folders[0], size, 0), await once(folders[1], size, size.kills)];
      const checks = {
        [`${undisturbed.runs} runs ended in a table, ${killed.kills} workers were killed`]:
          undisturbed.runs === size.runs && killed.kills === size.kills && killed.code === 0 && undisturbed.code === 0,
        'the tables are equal': killed.tables === undisturbed.tables,
        'losses, tests and learned prompts are equal, bit for bit': killed.bits === undisturbed.bits,
      };
      for (const [name, ok] of Object.entries(checks)) console.log(`${ok ? 'passed' : 'failed'}  ${name}`);
      const passed = Object.values(checks).filter(Boolean).length;
      return { passed, failed: Object.keys(checks).length - passed, skipped: 0 };
    } finally {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** Runs one bench, killing `kills` of its workers on the way. */
async function once(results, { tasks, seeds }, kills) {
  const program = join(root, 'packages', 'cli', 'dist', 'main.js');
  const bench = [
    ...['bench', '--tasks', tasks, '--methods', 'coop,maple,kgcoop', '--seeds', seeds],
    ...['--shots', '2', '--epochs', '4', '--workers', '2', '--threads', '1', '--json'],
  ];
  const child = spawn(process.execPath, [program, ...bench, '--results', results], {
    ...{ cwd: results, stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...quietEnvironment } },
  });
  let [stdout, killed, over] = ['', 0, false];
  child.stdout.on('data', text => {
    stdout += text;
  });
  const ended = new Promise(resolve => child.once('close', resolve));
  void ended.then(() => {
    over = true;
  });
  while (!over && killed < kills) {
    await Promise.race([ended, new Promise(resolve => setTimeout(resolve, 1000 + 2000 * Math.random()))]);
    const workers = workersOf(child.pid);
    if (over || workers.length === 0) continue;
    try {
      process.kill(workers[Math.floor(Math.random() * workers.length)], 'SIGKILL');
      killed++;
    } catch {
      // it ended on its own meanwhile
    }
  }
  const code = await ended;
  const { tables } = JSON.parse(stdout || '{}');
  return { code, kills: killed, tables: JSON.stringify(tables), ...bitsOf(results) };
}

function workersOf(parent) {
  const rows = execFileSync('ps', ['-eo', 'pid,ppid,args'], { encoding: 'utf8' }).split('\n');
  const fields = rows.map(row => row.trim().split(/\s+/));
  return fields
    .filter(([, ppid, ...args]) => Number(ppid) === parent && args.includes('work'))
    .map(([pid]) => Number(pid));
}

/** A hash over the prompts and predictions of every run. */
function bitsOf(results) {
  const hash = createHash('sha256');
  const runs = readdirSync(results).filter(name => name.startsWith('base-to-new'));
  for (const name of runs.sort()) {
    const { tests, epochs } = JSON.parse(readFileSync(join(results, name, 'record.json'), 'utf8'));
    hash.update(JSON.stringify([name, tests, epochs.map(({ number, loss }) => [number, loss])]));
    hash.update(readFileSync(join(results, name, 'checkpoint', 'prompts.safetensors')));
  }
  return { runs: runs.length, bits: hash.digest('hex') };
}
