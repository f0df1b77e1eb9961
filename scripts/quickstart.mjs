/**
 * `npm run quickstart [-- options of dgprompt bench]`: from a fresh clone to a base-to-new table of CLIP, CoOp, MaPLe
 * and DGPrompt. Runs as many pictogram tasks as fit into its time, at least three; `--tasks all` runs all eleven. Uses
 * the settings recommended for the tasks; `--published` uses the papers' values. Finished work is never repeated.
 */
import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { clock, moving } from './moving.mjs';
import { needsNodeBuild, nodeBuild } from './node-build.mjs';
import { run } from './processes.mjs';
import { install, requireNode, root } from './setup.mjs';

/** Smaller tasks first, so that the first three finish soon. */
const order = [
  'weather',
  'clothing',
  'transport',
  'mammals',
  'household',
  'devices',
  'places',
  'play',
  'creatures',
  'plants',
  'food',
];
const least = 3;
/** No task starts if it would probably end more than this many seconds after the start. */
const patience = 270;

const program = join(root, 'packages', 'cli', 'dist', 'main.js');

requireNode();
const started = Date.now();
const elapsed = () => (Date.now() - started) / 1000;
const parameters = process.argv.slice(2);
const chosen = take('--tasks');
const results = take('--results') ?? 'results';
const published = flag('--published');
const common = [
  ...['--suite', 'pictograms', '--methods', 'clip,clip:memory,coop,maple,dgprompt', '--shots', '16', '--seeds', '1'],
  ...(published || parameters.includes('--settings') ? [] : ['--settings', 'recommended']),
];

await install();
if (needsNodeBuild()) {
  const phase = moving('Building the packages');
  const built = await nodeBuild(name => phase.note(`${name} is built`));
  phase.end(built === 0 ? undefined : 'failed');
  if (built !== 0) process.exit(built);
}

const had = records();
let tasks = chosen === 'all' ? order : (chosen?.split(',') ?? order.filter((task, i) => i < least || isBegun(task)));
console.log(
  `Training and testing on ${tasks.join(', ')}. Ctrl-C keeps finished runs; run the command again to resume.\n`,
);
const before = elapsed();
await bench(tasks);
if (!chosen && had.length === 0) {
  const pace = (elapsed() - before) / least;
  for (const task of order.slice(least)) {
    if (elapsed() + 1.3 * pace > patience) break;
    console.log(`\nThere is time for another task: ${task}.\n`);
    await bench([task]);
    tasks = [...tasks, task];
  }
}

console.log('');
const { code, output } = await run(process.execPath, command(tasks), { cwd: root, capture: 'stderr' });
if (code !== 0) {
  process.stderr.write(output);
  process.exit(code);
}
const page = resolve(root, results, 'report.html');
const opener = { darwin: 'open', win32: 'start ""' }[process.platform] ?? 'xdg-open';
const phase = moving('Writing the report');
const report = [program, 'report', '--results', results, '--out', page];
const written = await run(process.execPath, report, { cwd: root, capture: true });
phase.end(written.code === 0 ? undefined : 'failed');
if (written.code !== 0) process.stderr.write(written.output);
console.log(`
Every run's settings, seed, versions, timings and per-class accuracy: ${results}/*/record.json
All eleven tasks (finished runs are kept):   npm run quickstart -- --tasks all
Three seeds, as papers report:               npm run quickstart -- --tasks all --seeds 1,2,3
quickstart took ${clock(Date.now() - started)}`);
if (written.code === 0)
  console.log(`\nTables, plots and examples: ${page}\nOpen it in a browser:       ${opener} "${page}"`);
process.exit(written.code);

function command(names) {
  return [program, 'bench', ...common, '--tasks', names.join(','), '--results', results, ...parameters];
}

/** Runs tasks, displaying progress but no table yet; ends the process on failure. */
async function bench(names) {
  const { code } = await run(process.execPath, command(names), { cwd: root, capture: 'stdout' });
  if (code === 130) console.error('\nIn this checkout, run `npm run quickstart` again to resume.');
  if (code !== 0) process.exit(code);
}

/** Folders of the finished runs. */
function records() {
  const folder = resolve(root, results);
  return existsSync(folder) ? readdirSync(folder).filter(name => existsSync(join(folder, name, 'record.json'))) : [];
}

function isBegun(task) {
  return had.some(name => name.includes(`_pictograms_${task}_`));
}

/** Whether an option without a value is given. Removes it, since `dgprompt bench` does not know it. */
function flag(option) {
  const at = parameters.indexOf(option);
  if (at >= 0) parameters.splice(at, 1);
  return at >= 0;
}

/** Removes an option from the parameters and returns its value. */
function take(option) {
  const at = parameters.findIndex(parameter => parameter === option || parameter.startsWith(`${option}=`));
  if (at < 0) return undefined;
  if (parameters[at] !== option) return parameters.splice(at, 1)[0].slice(option.length + 1);
  return parameters.splice(at, 2)[1];
}
