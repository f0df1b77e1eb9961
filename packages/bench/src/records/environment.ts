import { createRequire } from 'node:module';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { codeSpan } from '@dgprompt/io';
import type { RunRecord } from './record.js';

const packages = ['bench', 'methods', 'clip', 'engine', 'datasets', 'pictograms'];

/**
 * Versions of everything that affects the numbers: our packages, TensorFlow.js, ONNX Runtime and Node.
 *
 * @example
 * ```ts
 * import { versions } from '@dgprompt/bench/records';
 *
 * console.log(versions().node === process.versions.node); // true
 * ```
 */
export function versions(): Record<string, string> {
  const require = createRequire(import.meta.url);
  const versionOf = (name: string, from = require): string =>
    (from(`${name}/package.json`) as { version: string }).version;
  const ours = packages.map(name => [`@dgprompt/${name}`, versionOf(`@dgprompt/${name}`)]);
  const engine = createRequire(require.resolve('@dgprompt/engine/package.json'));
  return {
    node: process.versions.node,
    '@tensorflow/tfjs-core': versionOf('@tensorflow/tfjs-core'),
    'onnxruntime-node': versionOf('onnxruntime-node', engine),
    ...Object.fromEntries(ours),
  };
}

/**
 * The machine: system, processor, cores, memory.
 *
 * @example
 * ```ts
 * import { machine } from '@dgprompt/bench/records';
 *
 * console.log(Object.keys(machine())); // [ 'system', 'cpu', 'cores', 'memoryGiB' ]
 * ```
 */
export function machine(): RunRecord['machine'] {
  return {
    system: `${process.platform} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
  };
}

/** The environment as stored in a record. */
export function environment(): Pick<RunRecord, 'versions' | 'machine'> {
  return { versions: versions(), machine: machine() };
}

/**
 * A sentence about how a file was made, for its last line.
 *
 * @example
 * ```ts
 * import { madeBy } from '@dgprompt/bench/records';
 *
 * console.log(madeBy('dgprompt table')); // Made by `dgprompt table`, …
 * ```
 */
export function madeBy(command?: string): string {
  const { versions, machine } = environment();
  const by = command === undefined ? '' : `${codeSpan(command)}, `;
  return `Made by ${by}@dgprompt/bench ${versions['@dgprompt/bench']} with onnxruntime-node ${versions['onnxruntime-node']} on Node ${versions.node}, ${machine.cpu}, ${machine.cores} cores.`;
}
