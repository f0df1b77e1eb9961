/** `npm run speed`: a MaPLe training step on each backend of this machine, as ratios within one run. */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({
  options: {
    repeats: { type: 'string', default: '9' },
    threads: { type: 'string', default: '0' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(`How fast one MaPLe training step is on each tfjs backend: forward, backward and SGD update of the mini-CLIP, 50 classes,
batch 4. Each backend runs in a process of its own; ratios are within this one run.

  npm run speed -- [--repeats 9] [--threads 0]

  --repeats  timed steps after the first; the median counts
  --threads  threads of ONNX Runtime and wasm; 0 means one a core`);
  process.exit(0);
}

interface Timing {
  backend: string;
  first: number;
  median: number;
  loss: number;
  peakBytes: number;
}

const script = fileURLToPath(new URL('./maple-step.ts', import.meta.url));
/** tfjs-cpu takes many seconds a step, so few of them say enough. */
const runs = [
  { backend: 'onnxruntime', title: 'onnxruntime (compiled)', repeats: options.repeats },
  { backend: 'wasm', title: 'tfjs-wasm (eager)', repeats: options.repeats },
  { backend: 'cpu', title: 'tfjs-cpu (eager)', repeats: '3' },
  { backend: 'tensorflow', title: 'tfjs-node (eager)', repeats: options.repeats },
];

console.log(`One MaPLe training step: mini-CLIP, 50 classes, batch 4, float32.`);
console.log(
  `${cpus()[0]?.model.trim()}, ${cpus().length} cores, Node ${process.versions.node}, ${new Date().toISOString().slice(0, 10)}\n`,
);
console.log(
  ['backend', 'first step', 'step (median)', 'times slower', 'peak memory']
    .map((s, i) => (i ? s.padStart(15) : s.padEnd(24)))
    .join(''),
);
let fastest: number | undefined;
for (const { backend, title, repeats } of runs) {
  if (process.stderr.isTTY) process.stderr.write(`${title} …\r`);
  const child = spawnSync(process.execPath, [...process.execArgv, script, backend, repeats, options.threads], {
    encoding: 'utf8',
  });
  const line = child.stdout.split('\n').findLast(text => text.startsWith('{'));
  if (!line) {
    const reason =
      child.stderr
        .split('\n')
        .find(text => /^\w*Error: /.test(text))
        ?.replace(/^\w*Error: /, '') ?? `exit code ${child.status}`;
    console.log(`${title.padEnd(24)} left out: ${reason}`);
    continue;
  }
  const { first, median, peakBytes }: Timing = JSON.parse(line);
  fastest ??= median;
  const cells = [
    `${first.toFixed(2)} s`,
    `${(1000 * median).toFixed(0)} ms`,
    `${(median / fastest).toFixed(1)} x`,
    `${(peakBytes / 2 ** 20).toFixed(0)} MiB`,
  ];
  console.log(title.padEnd(24) + cells.map(s => s.padStart(15)).join(''));
}
