import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Stored } from '../runtime/stored-file.js';
import { type GraphValue, graphType, typedValues } from '../tracing/graph-value.js';
import { addStored } from '../tracing/stored-initializer.js';
import { type Attributes, addCaptured, addConstant, addNode, type ConstantType, type Trace } from '../tracing/trace.js';

export const BACKEND = 'onnxruntime';

interface Entry {
  values?: tf.backend_util.BackendValues;
  dtype: tf.DataType;
  refCount: number;
  symbol?: GraphValue;
  /** Set if the values are in a file; the getter `values` reads them. */
  stored?: Stored;
  storedShape?: readonly number[];
  /** The values, while only compiled functions have read them. */
  unseen?: Float32Array;
}

/**
 * The tfjs backend `onnxruntime`. Outside `compile` it computes like tfjs-cpu, which suffices for small set-up work.
 * While a function is being compiled, `trace` is set and kernels record ONNX nodes instead of computing.
 */
export class OnnxBackend extends MathBackendCPU {
  trace: Trace | undefined;

  constructor() {
    super();
    // Suppresses the advice to install another backend: tfjs-cpu is only used outside compile.
    (this as unknown as { firstUse: boolean }).firstUse = false;
  }

  /** The name of a tensor's value in the graph. A tensor from outside the graph becomes a constant. */
  nameOf(x: tf.TensorInfo): string {
    const trace = this.recording();
    const entry = this.entry(x);
    if (entry.symbol) {
      return sameShape(entry.symbol.shape, x.shape) ? entry.symbol.name : this.reshaped(entry.symbol.name, x.shape);
    }
    if (entry.stored && x.dtype === 'float32') {
      const { transposed, shape } = entry.stored;
      const matrix = addStored(trace, entry.stored);
      const name = transposed ? this.node('Transpose', [matrix], { perm: [1, 0] }) : matrix;
      return sameShape(transposed ? [...shape].reverse() : shape, x.shape) ? name : this.reshaped(name, x.shape);
    }
    const dtype = graphType(x.dtype);
    const known = trace.captured.get(entry) ?? [];
    let symbol = known.find(value => value.dtype === dtype);
    if (!symbol) {
      const values = typedValues(entry.values as Float32Array, dtype);
      symbol = { name: addCaptured(trace, values, dtype, x.shape), shape: x.shape, dtype };
      trace.captured.set(entry, [...known, symbol]);
    }
    return sameShape(symbol.shape, x.shape) ? symbol.name : this.reshaped(symbol.name, x.shape);
  }

  /** A tensor whose values are in a file. */
  stored(source: Stored, shape: readonly number[], read: () => Float32Array): tf.TensorInfo {
    const dataId = {};
    let values: Float32Array | undefined;
    const entry: Entry = {
      dtype: 'float32',
      refCount: 1,
      stored: source,
      storedShape: shape,
      get values() {
        values ??= read();
        return values;
      },
    };
    this.data.set(dataId, entry);
    return { dataId, shape: [...shape], dtype: 'float32' };
  }

  /** A tensor that owns its values: they may be freed while they are `unseen`. */
  owned(values: Float32Array, shape: readonly number[]): tf.TensorInfo {
    const dataId = {};
    const entry: Entry = {
      dtype: 'float32',
      refCount: 1,
      unseen: values,
      get values() {
        entry.unseen = undefined; // a tfjs kernel or the user may keep a view of them
        return values;
      },
    };
    this.data.set(dataId, entry);
    return { dataId, shape: [...shape], dtype: 'float32' };
  }

  /** A tensor's values, for a graph that reads them only while it runs. */
  lent(dataId: tf.DataId): tf.backend_util.BackendValues {
    return (this.data.get(dataId) as Entry).unseen ?? this.readSync(dataId);
  }

  /** A tensor's values, if they can be freed once it has another data id. */
  unseen(dataId: tf.DataId): Float32Array | undefined {
    const { unseen, refCount } = this.data.get(dataId) as Entry;
    return refCount === 1 ? unseen : undefined;
  }

  /** Where a tensor's values are stored, if they are in a file and it still has its original shape. */
  storedOf(x: tf.TensorInfo): Stored | undefined {
    if (!this.data.has(x.dataId)) return undefined; // belongs to another backend and is about to be moved here
    const { stored, storedShape } = this.entry(x);
    return stored && sameShape(storedShape!, x.shape) ? stored : undefined;
  }

  /** The matrix in the file of a tensor that is stored transposed, which products can read without transposing it. */
  transposedName(x: tf.TensorInfo): string | undefined {
    const stored = this.storedOf(x);
    return stored?.transposed ? addStored(this.recording(), stored) : undefined;
  }

  isSymbolic(x: tf.TensorInfo): boolean {
    return this.entry(x).symbol !== undefined;
  }

  /** Records a node with one output. */
  emit(
    op: string,
    inputs: readonly string[],
    shape: readonly number[],
    dtype: tf.DataType,
    attributes: Attributes = {},
    domain = '',
  ): tf.TensorInfo {
    return this.symbolic(this.node(op, inputs, attributes, domain), shape, dtype);
  }

  /** Records a matrix product, its number of operations and the ranks of its factors. */
  product(
    op: string,
    inputs: readonly string[],
    shape: readonly number[],
    { operations, ranks }: { operations: number; ranks: readonly [number, number] },
    attributes: Attributes = {},
    domain = '',
  ): tf.TensorInfo {
    const name = this.node(op, inputs, attributes, domain);
    this.recording().operations.set(name, operations);
    this.recording().factorRanks.set(name, ranks);
    return this.symbolic(name, shape, 'float32');
  }

  /** Records a node whose output is read by another node of the same kernel. */
  node(op: string, inputs: readonly string[], attributes: Attributes = {}, domain = ''): string {
    return addNode(this.recording(), op, inputs, attributes, { domain })[0]!;
  }

  /** Records a node with several outputs. */
  nodes(op: string, inputs: readonly string[], attributes: Attributes, outputs: number): readonly string[] {
    return addNode(this.recording(), op, inputs, attributes, { outputs });
  }

  /** A kernel's result: a tensor for the graph value `name`. */
  symbolic(name: string, shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
    const dataId = {};
    const entry: Entry = { dtype, refCount: 1, symbol: { name, shape: [...shape], dtype: graphType(dtype) } };
    this.data.set(dataId, entry);
    return { dataId, shape: [...shape], dtype };
  }

  int64(values: readonly number[]): string {
    return addConstant(this.recording(), values, 'int64', [values.length]);
  }

  scalar(value: number, dtype: tf.DataType): string {
    return this.constant(value, graphType(dtype));
  }

  /** A scalar, also of types that tfjs tensors cannot have. */
  constant(value: number, type: ConstantType): string {
    return addConstant(this.recording(), [value], type, []);
  }

  /** A small constant. */
  vector(values: readonly number[], type: ConstantType, shape: readonly number[]): string {
    return addConstant(this.recording(), values, type, shape);
  }

  /** A tensor filled with one value. */
  filled(value: number, shape: readonly number[], dtype: tf.DataType): tf.TensorInfo {
    return this.emit('Expand', [this.scalar(value, dtype), this.int64(shape)], shape, dtype);
  }

  /** A tensor's values, if they are in memory and known while the graph is recorded. */
  known(x: tf.TensorInfo): Float32Array | Int32Array | Uint8Array | undefined {
    const { symbol, stored, values } = this.entry(x);
    return symbol || stored ? undefined : typedValues(values as Float32Array, graphType(x.dtype));
  }

  /**
   * Records a reshape. A reshape of a reshape reads the original value, or returns it if it restores the original shape
   * (`from`).
   */
  reshaped(name: string, shape: readonly number[], from?: readonly number[]): string {
    const { reshapes } = this.recording();
    const source = reshapes.get(name) ?? { name, shape: from };
    if (source.shape && sameShape(source.shape, shape)) return source.name;
    const reshaped = this.node('Reshape', [source.name, this.int64(shape)]);
    reshapes.set(reshaped, source);
    return reshaped;
  }

  /** The input of tiles that only repeat axes of size 1, by the name of their output. */
  get broadcasts(): Map<string, string> {
    return this.recording().broadcasts;
  }

  override readSync(dataId: tf.DataId): tf.backend_util.BackendValues {
    if ((this.data.get(dataId) as Entry).symbol) {
      throw new Error(
        'A tensor inside compile(fn) has no values: fn is recorded once as a graph, before anything is computed, ' +
          'so data(), dataSync(), array(), print() and if-statements on values do not work in it. ' +
          'Return the tensor from fn and read it outside.',
      );
    }
    return super.readSync(dataId);
  }

  override async read(dataId: tf.DataId): Promise<tf.backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  private recording(): Trace {
    if (!this.trace) throw new Error('A tensor made inside compile(fn) was used after it: return it from fn instead.');
    return this.trace;
  }

  private entry(x: tf.TensorInfo): Entry {
    return this.data.get(x.dataId) as Entry;
  }
}

const sameShape = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length && a.every((x, i) => x === b[i]);

/** The backend, if it is the active one. */
export function activeBackend(): OnnxBackend | undefined {
  return tf.getBackend() === BACKEND ? (tf.backend() as OnnxBackend) : undefined;
}

/**
 * A tensor that owns its values: a variable initialised with it frees them at its first update, unless they have been
 * read.
 */
export function ownedTensor(values: Float32Array, shape: number[]): tf.Tensor {
  const backend = activeBackend();
  if (!backend || backend.trace) return tf.tensor(values, shape, 'float32');
  return tf.engine().makeTensorFromTensorInfo(backend.owned(values, shape)) as tf.Tensor;
}
