import * as tf from '@tensorflow/tfjs-core';
import { activeBackend, type OnnxBackend, ownedTensor } from './backend/backend.js';
import { activeDevice, sessionOptions } from './devices/device.js';
import { graphFor } from './devices/graph-for.js';
import { type PlacementWatch, watchPlacement } from './devices/placement.js';
import { profiled } from './profile/profile.js';
import { type GraphFacts, type Recording, type ResultLeaf, record, tensorArguments } from './record.js';
import { collectGarbage, freeMemory, keepFreedMemory } from './runtime/memory.js';
import { createSession, type Session, type SessionTensor, sessionTensor } from './runtime/onnxruntime.js';
import { runError } from './runtime/run-error.js';
import { removeWeightFile } from './runtime/weight-file.js';
import { type GraphValue, typedValues } from './tracing/graph-value.js';
import { mapTree, type Tree } from './tree.js';

export interface CompileOptions {
  /**
   * Sessions to keep, one per input signature; default 8. Beyond that, the least recently used is released. Each has
   * its own copy of the frozen weights.
   */
  cacheSize?: number;
}

export interface Compiled<A extends unknown[], R> {
  (...args: A): Promise<R>;
  /** Releases the sessions, once the calls made so far have finished. */
  dispose(): Promise<void>;
  /** Number of open sessions. */
  readonly size: number;
  /** Facts about their graphs, least recently used first; empty on backends other than `onnxruntime`. */
  readonly graphs: readonly GraphFacts[];
}

interface Entry {
  recording: Recording;
  facts: GraphFacts;
  session: Session;
  /** Calls still to be profiled. */
  profiledCalls: number;
  /** Set until the first run has finished. */
  watch?: PlacementWatch;
}

/** Calls of compiled functions run one at a time: they share variables and cores. */
let queue: Promise<unknown> = Promise.resolve();

/**
 * Turns a tfjs function into one ONNX graph: forward pass, gradients and optimizer step together.
 *
 * `fn` is traced once per precision and signature: shapes and types of the tensor arguments, values of all others
 * (numbers, strings, booleans). Arguments and results are tensors in nested arrays and objects. Variables are state:
 * `fn` may read and assign them, and they have their new values afterwards. Other tensors from outside are constants of
 * the graph. On tfjs backends other than `onnxruntime`, `fn` is simply called.
 *
 * @throws for a `cacheSize` below 1; when called, if `fn` reads a value of a traced tensor, uses an op without a
 *   recorder, on a type that ONNX does not support or on shapes or indices that tfjs rejects, makes a variable or is
 *   async, or if ONNX Runtime rejects the graph
 *
 * @example
 * ```ts
 * import { compile, useDevice } from '@dgprompt/engine';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const count = tf.variable(tf.scalar(0));
 * const norm = compile((x: tf.Tensor) => {
 *   count.assign(tf.add(count, 1));
 *   return tf.sqrt(tf.sum(tf.square(x)));
 * });
 * console.log((await norm(tf.tensor1d([3, 4]))).dataSync()[0], count.dataSync()[0]); // 5 1
 * await norm.dispose();
 * ```
 */
export function compile<A extends unknown[], R>(
  fn: (...args: A) => R,
  { cacheSize = 8 }: CompileOptions = {},
): Compiled<A, R> {
  if (!(cacheSize >= 1)) throw new RangeError(`cacheSize is ${cacheSize}; it must be at least 1, the graph in use.`);
  const cache = new Map<string, Entry>();

  async function call(args: A): Promise<R> {
    const backend = activeBackend();
    if (!backend) return tf.tidy(() => fn(...args) as tf.TensorContainer) as R;
    const key = `${activeDevice().precision} ${signature(args)}`; // another precision gives other numbers
    let entry = cache.get(key);
    if (entry) cache.delete(key);
    else entry = await build(backend, fn, args);
    cache.set(key, entry);
    if (cache.size > cacheSize) {
      const [oldest, { session }] = cache.entries().next().value!;
      cache.delete(oldest);
      await session.release();
    }
    return (await run(backend, entry, args)) as R;
  }

  const compiled = ((...args: A) => {
    if (activeBackend()?.trace) return fn(...args);
    const result = queue.then(() => call(args));
    queue = result.catch(() => {});
    return result;
  }) as Compiled<A, R>;
  compiled.dispose = () => {
    const released = queue.then(async () => {
      const entries = [...cache.values()];
      cache.clear();
      for (const { session } of entries) await session.release();
    });
    queue = released.catch(() => {});
    return released;
  };
  Object.defineProperties(compiled, {
    size: { get: () => cache.size },
    graphs: { get: () => [...cache.values()].map(({ facts }) => facts) },
  });
  return compiled;
}

function signature(args: readonly unknown[]): string {
  const describe = (leaf: unknown) => {
    if (leaf instanceof tf.Variable) return `variable ${leaf.id}`;
    if (leaf instanceof tf.Tensor) return `${leaf.dtype}[${leaf.shape}]`;
    if ((typeof leaf === 'object' && leaf !== null) || typeof leaf === 'function') {
      throw new Error('A compiled function takes tensors, numbers, strings and booleans in arrays and plain objects.');
    }
    return `${typeof leaf} ${Object.is(leaf, -0) ? '-0' : String(leaf)}`;
  };
  return JSON.stringify(args.map(arg => mapTree(describe, arg as Tree<unknown>)));
}

/** Garbage is collected before a session with more bytes of weights is created. */
const LARGE = 2 ** 27;

async function build(
  backend: OnnxBackend,
  fn: (...args: never[]) => unknown,
  args: readonly unknown[],
): Promise<Entry> {
  const { device, precision } = activeDevice();
  const adapt = graphFor(device, precision);
  const started = performance.now();
  const recording = record(backend, fn as (...args: unknown[]) => unknown, args as readonly Tree<unknown>[], adapt);
  const recorded = performance.now();
  if (recording.storedBytes > LARGE) collectGarbage(); // tracing and loading the model leave tens of megabytes
  keepFreedMemory();
  const { options, calls } = profiled();
  const watch = calls > 0 ? undefined : watchPlacement(device); // a profile also records where nodes run
  const session = await createSession(recording.model, {
    ...sessionOptions(recording.folder),
    ...watch?.options,
    ...options,
  })
    .catch(fail)
    .finally(() => recording.weights && removeWeightFile(recording.weights));
  const seconds = { trace: (recorded - started) / 1000, session: (performance.now() - recorded) / 1000 };
  return {
    recording: { ...recording, model: new Uint8Array() },
    facts: { ...recording.facts, seconds },
    session,
    profiledCalls: calls,
    watch,
  };
}

function fail(error: unknown): never {
  throw runError(error);
}

async function run(backend: OnnxBackend, entry: Entry, args: readonly unknown[]): Promise<unknown> {
  const { recording, session } = entry;
  const tensors = tensorArguments(args);
  const feeds: Record<string, SessionTensor> = {};
  for (const { index, symbol } of recording.arguments) feeds[symbol.name] = feed(backend, tensors[index]!, symbol);
  for (const { variable, symbol } of recording.reads) feeds[symbol.name] = feed(backend, variable, symbol);
  const outputs = await session.run(feeds).catch(fail);
  if (entry.profiledCalls > 0 && --entry.profiledCalls === 0) session.endProfiling();
  if (entry.watch) entry.facts.placement = entry.watch.read(session);
  entry.watch = undefined;
  for (const { variable, symbol } of recording.writes) {
    const old = backend.unseen(variable.dataId);
    const value = newValue(outputs[symbol.name]!, symbol);
    variable.assign(value);
    value.dispose();
    if (old) freeMemory(old);
  }
  const tensorOf = (symbol: GraphValue) => toTensor(outputs[symbol.name]!, symbol);
  return mapTree((leaf: ResultLeaf) => leaf(tensorOf), recording.result);
}

const feed = (backend: OnnxBackend, tensor: tf.Tensor, { dtype, shape }: GraphValue) =>
  sessionTensor(dtype, typedValues(backend.lent(tensor.dataId) as Float32Array, dtype), shape);

const toTensor = ({ data }: SessionTensor, { shape, dtype }: GraphValue): tf.Tensor =>
  tf.engine().makeTensor(data as Float32Array, [...shape], dtype) as tf.Tensor;

/** A variable's new value, freed as soon as the variable is assigned again. */
const newValue = (output: SessionTensor, symbol: GraphValue): tf.Tensor =>
  symbol.dtype === 'float32' ? ownedTensor(output.data as Float32Array, [...symbol.shape]) : toTensor(output, symbol);
