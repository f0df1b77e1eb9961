import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { clock } from './moving.mjs';
import { run } from './processes.mjs';
import { root, turboCommand } from './setup.mjs';
import { readJson } from './summary.mjs';

/** Usual seconds of each task on two cores, and the last times on this machine. */
const usual = readJson(join(root, 'scripts', 'test-seconds.json'));
const own = join(root, '.turbo', 'test-seconds.json');
const runs = join(root, '.turbo', 'runs');

/** Assumed seconds of an unmeasured task: building a package. */
const unknown = 8;

/**
 * Estimates how long tasks will take, counting those that turbo does not have in its cache.
 * @returns {Promise<{ seconds: number, fresh: number, all: number, isMeasured: boolean }>}
 */
export async function expectedTime(tasks, parameters, { env, concurrency }) {
  const command = turboCommand(tasks, [...parameters, '--dry=json']);
  const { code, stdout } = await run(process.execPath, command, { cwd: root, env, capture: true });
  if (code !== 0) return { seconds: 0, fresh: 0, all: 0, isMeasured: false };
  const measured = existsSync(own) ? readJson(own) : {};
  const real = JSON.parse(stdout).tasks.filter(task => task.command !== '<NONEXISTENT>');
  const isForced = parameters.includes('--force');
  const fresh = real.filter(({ cache }) => isForced || cache.status === 'MISS').map(({ taskId }) => taskId);
  const each = fresh.map(id => measured[id] ?? usual[id] ?? unknown);
  const sum = each.reduce((a, b) => a + b, 0);
  return {
    seconds: Math.max(sum / concurrency, ...each, 0),
    fresh: fresh.length,
    all: real.length,
    isMeasured: fresh.some(id => id in measured),
  };
}

/** Stores the times of the tasks in the last run with `--summarize`. */
export function keepTimes() {
  const files = existsSync(runs) ? readdirSync(runs).filter(name => name.endsWith('.json')) : [];
  const dated = files.map(name => ({ name, at: statSync(join(runs, name)).mtimeMs })).sort((a, b) => b.at - a.at);
  if (dated.length === 0) return;
  const times = existsSync(own) ? readJson(own) : {};
  for (const { taskId, execution, cache } of readJson(join(runs, dated[0].name)).tasks)
    if (execution?.exitCode === 0 && cache.status === 'MISS')
      times[taskId] = Math.ceil((execution.endTime - execution.startTime) / 1000);
  rmSync(runs, { recursive: true });
  mkdirSync(join(root, '.turbo'), { recursive: true });
  writeFileSync(own, JSON.stringify(times, undefined, 2));
}

/**
 * Prints the progress of a run every fifteen seconds, with the last finished test file.
 * @param {string} usual its usual duration
 * @returns a function to stop it
 */
export function movingTests(usual) {
  const started = Date.now();
  const timer = setInterval(() => {
    console.log(`… ${clock(Date.now() - started)}${usual}${latest()}`);
  }, 15_000);
  return () => clearInterval(timer);
}

/** `: methods, src/zoo/coop.test.ts`, from the most recently written log. */
function latest() {
  const logs = ['packages', 'apps'].flatMap(group =>
    readdirSync(join(root, group)).flatMap(name => {
      const file = join(root, group, name, '.turbo', 'turbo-test.log');
      return existsSync(file) ? [{ name, file, at: statSync(file).mtimeMs }] : [];
    }),
  );
  const newest = logs.sort((a, b) => b.at - a.at)[0];
  if (newest === undefined || Date.now() - newest.at > 120_000) return '';
  const done = readFileSync(newest.file, 'utf8').match(/src\/\S+\.test\.ts/g);
  return `: ${newest.name}${done ? `, ${done.at(-1)}` : ''}`;
}
