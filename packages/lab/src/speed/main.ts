import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { madeBy } from '@dgprompt/bench/records';
import { type Device, devices } from '@dgprompt/engine';
import { duration, nearestName, timeLeft, writeFileAtomic } from '@dgprompt/io';
import { jobs, type Part, parts } from './jobs.js';
import { speedMarkdown, whereText } from './markdown.js';
import { newResults } from './results.js';
import { runJob } from './run-job.js';
import { sheets } from './sheets/index.js';
import { targets } from './targets.js';

const help = `npm run speed [-- options]

Measures how fast this machine trains and tests a ViT-B/16 (random weights), and in how much memory: ratios within
one run, each measurement in its own process. Takes about half an hour on two cores, and 3 GB of disk.

  --parts <names>   ${parts.join(', ')} (default: all)
  --repeats <n>     timed steps of each method; the median counts (default: 7)
  --photos <folder> JPEG files to decode (default: generated, 500 × 375)
  --python <path>   a Python with torch: part int8 also measures PyTorch in float32 and bfloat16
  --out <file>      also write the tables, as Markdown
  --json            print JSON
  --device <name>   ${devices.join(', ')} (default: cpu)
  --threads <n>     of the CPU (default: 0, one per core)
`;

interface SpeedOptions {
  parts: Part[];
  repeats: number;
  photos?: string;
  python?: string;
  out?: string;
  json: boolean;
  device: Device;
  threads: number;
}

/** Runs all measurements, one after another, and prints and writes the tables. */
async function speed(
  { device, threads, repeats, out, json, photos, python, ...chosen }: SpeedOptions,
  signal: AbortSignal,
) {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-speed-'));
  const settings = { repeats, threads, python, model: join(folder, 'random-vit-b-16.safetensors') };
  const all = jobs(chosen.parts, { ...settings, photos: photos ?? join(folder, 'photographs') });
  const results = newResults();
  const started = performance.now();
  const total = all.reduce((sum, { usual }) => sum + usual, 0);
  let done = 0;
  try {
    say(whereText());
    for (const job of all) {
      const begun = performance.now();
      const outcome = await runJob(job, { device, threads, signal });
      signal.throwIfAborted();
      results.add(job, outcome);
      done += job.usual;
      const seconds = (((performance.now() - started) / 1000) * (total - done)) / done;
      const took = 'error' in outcome ? `skipped: ${outcome.error}` : duration((performance.now() - begun) / 1000);
      const left = done < total ? ` · ${timeLeft({ seconds, atLeast: false })}` : '';
      say(`  ${Math.round((100 * done) / total)} % · ${job.row}, ${job.name}: ${took}${left}`);
      if ('error' in outcome && job.row === 'model') throw new Error(outcome.error); // everything else needs the model
    }
    const threadsText = threads === 0 ? 'one thread per core' : `${threads} threads`;
    const markdown = speedMarkdown(results, `${device}, ${threadsText}, the median of ${repeats} steps`);
    const text = { sheets: sheets(results), targets: targets(results), machine: whereText() };
    process.stdout.write(json ? `${JSON.stringify(text, null, 2)}\n` : `\n${markdown}\n`);
    if (out === undefined) return;
    await writeFileAtomic(out, `${markdown}\n\n${madeBy(['npm run speed --', ...process.argv.slice(2)].join(' '))}\n`);
    say(`Also written to ${out}.`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** @throws one sentence for an invalid option */
function optionsOf(argv: string[]): SpeedOptions {
  const { values } = parseArgs({
    args: argv,
    options: {
      parts: { type: 'string', default: parts.join(',') },
      repeats: { type: 'string', default: '7' },
      photos: { type: 'string' },
      python: { type: 'string' },
      out: { type: 'string' },
      json: { type: 'boolean', default: false },
      device: { type: 'string', default: 'cpu' },
      threads: { type: 'string', default: '0' },
    },
  });
  const number = (name: 'repeats' | 'threads', least: number) => {
    const value = Number(values[name]);
    if (Number.isInteger(value) && value >= least) return value;
    throw new Error(`--${name} must be a whole number from ${least}, not "${values[name]}".`);
  };
  const oneOf = <T extends string>(what: string, name: string, known: readonly T[]): T => {
    const found = known.find(one => one === name);
    if (found) return found;
    throw new Error(`Unknown ${what} "${name}". Did you mean "${nearestName(name, known) ?? known[0]}"?`);
  };
  return {
    parts: values.parts.split(',').map(name => oneOf('part', name.trim(), parts)),
    repeats: number('repeats', 1),
    photos: values.photos,
    python: values.python,
    out: values.out,
    json: values.json,
    device: oneOf('device', values.device, devices),
    threads: number('threads', 0),
  };
}

const say = (line: string) => process.stderr.write(`${line}\n`);

const controller = new AbortController();
for (const event of ['SIGINT', 'SIGTERM'] as const) {
  process.once(event, () => controller.abort(new Error('Interrupted; nothing was written.')));
}
if (process.argv.slice(2).some(argument => argument === '--help' || argument === '-h')) process.stdout.write(help);
else {
  try {
    await speed(optionsOf(process.argv.slice(2)), controller.signal);
  } catch (error) {
    say(controller.signal.aborted ? controller.signal.reason.message : `speed: ${(error as Error).message}`);
    process.exitCode = controller.signal.aborted ? 130 : 2;
  }
}
