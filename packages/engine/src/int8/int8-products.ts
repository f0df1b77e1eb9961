import { collectGarbage } from '../runtime/memory.js';
import { storedBytes } from '../runtime/stored-file.js';
import { newWeightFile, removeWeightFile, type WeightFile } from '../runtime/weight-file.js';
import type { Graph } from '../tracing/onnx-model.js';
import { type Initializer, initializer, type Node, neededNodes, newNode } from '../tracing/trace.js';
import { type FrozenWeight, frozenWeights, readWeight, weightKey } from './frozen-weight.js';
import { NotFinite, quantise } from './quantise.js';

/**
 * Computes products with the checkpoint's matrices in int8: forward, and backward, where gradients are multiplied by
 * the transposed matrices. Weights have a scale per output channel; activations and gradients have one per row,
 * computed while the graph runs. Everything else is float32: prompts, norms, attention, losses, updates, and products
 * with matrices that are not read from a checkpoint's file.
 *
 * @param largest int8 value of a channel's largest weight: 127, or 63 where sums of two products saturate
 * @throws one sentence naming the file if a weight is not finite
 */
export function int8Products(graph: Graph, largest: number): Graph {
  let file: WeightFile | undefined;
  const store = (bytes: Uint8Array) => {
    file ??= newWeightFile();
    return file.add(bytes);
  };
  try {
    const rewritten = withProducts(graph, { largest, store });
    return file ? { ...rewritten, folder: file.folder, weights: file.path } : graph;
  } catch (error) {
    if (file) removeWeightFile(file.path);
    throw error;
  } finally {
    file?.close();
  }
}

type Store = (bytes: Uint8Array) => { offset: number; length: number };

function withProducts(graph: Graph, { largest, store }: { largest: number; store: Store }): Graph {
  const weightOf = frozenWeights(graph);
  const added: Added = { initializers: new Map(), weights: new Map(), store };
  const narrowed = new Set<string>();
  const nodes = graph.nodes.flatMap(node => {
    const product = frozenProduct(node, weightOf);
    if (!product) return [node];
    const { x, weight, alpha } = product;
    const { values, scales } = int8Weight(weight, { alpha, largest, added });
    const entering = narrowed.has(x) ? [] : rowsToInt8(x);
    narrowed.add(x);
    return [...entering, ...int8Product(x, values, scales, node.outputs[0]!)];
  });
  if (added.weights.size === 0) return graph;
  const outputs = graph.outputs.map(({ name }) => name);
  const needed = neededNodes(nodes, outputs);
  const all = [...graph.initializers, ...constants, ...added.initializers.values()];
  const initializers = all.filter(({ name }) => needed.names.has(name)).map(apartFromFiles);
  return { ...graph, nodes: needed.nodes, initializers };

  /** Copies stored weights to the graph's file: ONNX Runtime reads files of one folder only. */
  function apartFromFiles({ stored, ...initializer }: Initializer): Initializer {
    return stored ? { ...initializer, apart: store(storedBytes(stored)) } : initializer;
  }
}

/** A product of which only the right factor is a weight. */
function frozenProduct({ op, inputs, attributes }: Node, weightOf: (name: string) => FrozenWeight | undefined) {
  const [x, right] = inputs as [string, string];
  if (op !== 'MatMul' && op !== 'FusedMatMul') return undefined;
  const weight = weightOf(right);
  if (!weight || weightOf(x) || attributes.transA === 1) return undefined;
  const { transB = 0, alpha = { float: 1 } } = attributes as { transB?: number; alpha?: { float: number } };
  return { x, weight: { ...weight, transposed: weight.transposed !== (transB === 1) }, alpha: alpha.float };
}

/** The initializers of a weight, shared by all products with it. */
function int8Weight(
  weight: FrozenWeight,
  { alpha, largest, added }: { alpha: number; largest: number; added: Added },
): { values: string; scales: string } {
  const layout = weightKey(weight);
  let known = added.weights.get(layout);
  if (!known) {
    const quantised = quantiseStored(weight, largest);
    const name = `int8_weight${added.weights.size}`;
    const apart = added.store(new Uint8Array(quantised.values.buffer));
    const shape = [apart.length / quantised.scales.length, quantised.scales.length];
    added.initializers.set(name, { name, dtype: 'int8', shape, apart });
    known = { name, scales: quantised.scales };
    added.weights.set(layout, known);
  }
  const scales = `${known.name}_scales${alpha === 1 ? '' : `_${alpha}`}`;
  if (!added.initializers.has(scales))
    added.initializers.set(
      scales,
      initializer(
        scales,
        'float32',
        [known.scales.length],
        known.scales.map(scale => scale * alpha),
      ),
    );
  return { values: known.name, scales };
}

/** Additions to a graph: initializers by name, and weights by where they are stored. */
interface Added {
  readonly initializers: Map<string, Initializer>;
  readonly weights: Map<string, { name: string; scales: Float32Array }>;
  /** Writes bytes to the graph's file. */
  readonly store: Store;
}

/** Bytes of matrices quantised since the last garbage collection, and the limit that triggers the next one. */
let dropped = 0;
const MUCH = 2 ** 27;

function quantiseStored(weight: FrozenWeight, largest: number) {
  const { transposed } = weight;
  const [rows, columns] = [weight.rows[1] - weight.rows[0], weight.columns[1] - weight.columns[0]];
  const matrix = readWeight(weight);
  try {
    return quantise(matrix, { rows, columns, transposed, largest });
  } catch (error) {
    if (!(error instanceof NotFinite)) throw error;
    const { file, offset } = weight.parts[0]!;
    throw new Error(
      `${file.path}: the matrix at byte ${offset} has values that are not finite, so int8 cannot hold it.`,
    );
  } finally {
    dropped += matrix.byteLength;
    if (dropped > MUCH) collectGarbage(); // otherwise hundreds of matrices would pile up
    if (dropped > MUCH) dropped = 0;
  }
}

const ZERO = 'int8_zero'; // zero point of unsigned rows
const ONE = 'int8_one';
const STEP = 'int8_step';
const LEAST = 'int8_least';
const LAST = 'int8_last_axis';

/** Rows become unsigned with zero point 128, as ONNX Runtime's fast products require. */
const constants: readonly Initializer[] = [
  { name: ZERO, dtype: 'uint8', shape: [], bytes: Uint8Array.of(128) },
  initializer(ONE, 'float32', [], [1]),
  initializer(STEP, 'float32', [], [1 / 127]),
  initializer(LEAST, 'float32', [], [1e-30]),
  initializer(LAST, 'int64', [1], [-1]),
];

/** x becomes `x_int8` with the scales `x_scale`: each row's largest magnitude becomes 127. */
const rowsToInt8 = (x: string): Node[] => [
  newNode('Abs', [x], `${x}_magnitude`),
  newNode('ReduceMax', [`${x}_magnitude`, LAST], `${x}_largest`, { keepdims: 1 }),
  newNode('Mul', [`${x}_largest`, STEP], `${x}_step`),
  newNode('Max', [`${x}_step`, LEAST], `${x}_scale`), // rows of zeros stay zeros
  newNode('Div', [x, `${x}_scale`], `${x}_scaled`),
  newNode('QuantizeLinear', [`${x}_scaled`, ONE, ZERO], `${x}_int8`),
];

const int8Product = (x: string, values: string, scales: string, out: string): Node[] => [
  newNode('MatMulIntegerToFloat', [`${x}_int8`, values, ONE, scales, ZERO], `${out}_unscaled`, {}, 'com.microsoft'),
  newNode('Mul', [`${out}_unscaled`, `${x}_scale`], out),
];
