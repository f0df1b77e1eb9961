import { ELEMENT, type Graph } from '../tracing/onnx-model.js';
import type { Initializer, Node } from '../tracing/trace.js';

/** Precision of the frozen towers; learned variables, their updates and the loss are always float32. */
export type ComputePrecision = 'fp32' | 'fp16' | 'int8';

const { float32: FLOAT, float16: HALF } = ELEMENT;

const products = new Set(['MatMul', 'Gemm', 'FusedMatMul', 'Conv']);
/** Ops between two products that may be in half precision; sums, means and norms stay float32, as in OpenAI's CLIP. */
const between = new Set([
  ...['MatMul', 'FusedMatMul', 'Add', 'Sub', 'Mul', 'Neg', 'Sigmoid', 'Softmax', 'QuickGelu', 'Gelu', 'FastGelu'],
  ...['Transpose', 'Reshape', 'Slice', 'Concat', 'Expand', 'Tile', 'Pad'],
]);
/** Ops that only move or widen weights. */
const moving = new Set(['Transpose', 'Reshape', 'Cast', 'Concat']);
const truths = new Set(['Equal', 'Greater', 'Less', 'GreaterOrEqual', 'LessOrEqual', 'And', 'Or', 'Not', 'IsNaN']);

/**
 * Rewrites the frozen towers in half precision: products with a frozen matrix, and the ops between two such products.
 * Values are cast on entry and exit, so that inputs, outputs, learned variables, loss and updates stay float32. ONNX
 * Runtime casts the weights once, when it creates the session.
 */
export function halfPrecision(graph: Graph): Graph {
  const types = valueTypes(graph);
  const half = halfNodes(graph, types);
  const read = new Set(graph.outputs.map(({ name }) => name)); // as float32
  for (const node of graph.nodes) if (!half.has(node)) for (const name of node.inputs) read.add(name);
  const narrowed = new Set<string>();
  const nodes: Node[] = [];
  for (const node of graph.nodes) {
    if (!half.has(node)) {
      nodes.push(node);
      continue;
    }
    const inputs = node.inputs.map(name => {
      if (types.get(name) !== 'float32') return name;
      if (!narrowed.has(name)) {
        // The addend may be a mask: numbers beyond the range of half precision would become infinite, or undefined on
        // a GPU.
        if (node.op === 'Add') nodes.push(limited(name));
        nodes.push(cast(node.op === 'Add' ? `${name}_limited` : name, halfOf(name), HALF));
        narrowed.add(name);
      }
      return halfOf(name);
    });
    const [name] = node.outputs as [string];
    nodes.push({ ...node, inputs, outputs: [halfOf(name)] });
    narrowed.add(name);
    if (read.has(name)) nodes.push(cast(halfOf(name), name, FLOAT));
  }
  return { ...graph, nodes, initializers: [...graph.initializers, ...limits] };
}

const halfOf = (name: string): string => `${name}_half`;

const cast = (from: string, to: string, type: number): Node => ({
  op: 'Cast',
  domain: '',
  inputs: [from],
  outputs: [to],
  attributes: { to: type },
});

/** The largest finite number in half precision. */
const LARGEST = 65504;

const limits: readonly Initializer[] = [-LARGEST, LARGEST].map((limit, i) => ({
  name: `half_limit${i}`,
  dtype: 'float32',
  shape: [],
  bytes: new Uint8Array(Float32Array.of(limit).buffer),
}));

const limited = (name: string): Node => ({
  op: 'Clip',
  domain: '',
  inputs: [name, ...limits.map(({ name }) => name)],
  outputs: [`${name}_limited`],
  attributes: {},
});

/** Products with a frozen matrix, and the nodes on paths between them. */
function halfNodes({ nodes, initializers }: Graph, types: ReadonlyMap<string, string>): Set<Node> {
  const isFloat = ({ outputs }: Node) => types.get(outputs[0]!) === 'float32';
  const constants = initializers.filter(({ dtype, shape }) => dtype.includes('float') && shape.length > 1);
  const masks = constants.filter(({ dtype, bytes }) => dtype === 'float32' && bytes && !fitsHalf(bytes));
  const mask = namesOf(nodes, masks);
  const frozen = namesOf(nodes, constants);
  const seeds = new Set(
    nodes.filter(node => {
      const factors = node.inputs.slice(0, 2);
      const towers = factors.some(name => frozen.has(name)) && !factors.some(name => mask.has(name));
      return products.has(node.op) && isFloat(node) && towers;
    }),
  );
  const inner = nodes.filter(node => between.has(node.op) && isFloat(node) && !seeds.has(node));
  const behind = new Set([...seeds].flatMap(({ outputs }) => outputs));
  const after = inner.filter(({ inputs, outputs }) => {
    if (!inputs.some(name => behind.has(name))) return false;
    behind.add(outputs[0]!);
    return true;
  });
  const ahead = new Set([...seeds].flatMap(({ inputs }) => inputs));
  const both = after.reverse().filter(({ inputs, outputs }) => {
    if (!ahead.has(outputs[0]!)) return false;
    for (const name of inputs) ahead.add(name);
    return true;
  });
  return new Set([...seeds, ...both]);
}

/** Names of constants, and of values made by only moving theirs. */
function namesOf(nodes: readonly Node[], constants: readonly Initializer[]): Set<string> {
  const names = new Set(constants.map(({ name }) => name));
  for (const { op, inputs, outputs } of nodes) {
    const values = op === 'Concat' ? inputs : inputs.slice(0, 1);
    if (moving.has(op) && values.every(name => names.has(name))) names.add(outputs[0]!);
  }
  return names;
}

/** Whether all values of a float32 constant are in the range of half precision; a mask's are not. */
function fitsHalf(bytes: Uint8Array): boolean {
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4).every(x => Math.abs(x) <= LARGEST);
}

/** Element types of all values; only float32 is exact. */
function valueTypes({ nodes, initializers, inputs }: Graph): Map<string, string> {
  const types = new Map([...inputs, ...initializers].map(({ name, dtype }) => [name, dtype as string]));
  for (const { op, inputs, outputs, attributes } of nodes) {
    const like = op === 'Where' || op === 'CastLike' ? inputs[1] : inputs[0];
    const type = truths.has(op) ? 'bool' : op.startsWith('Arg') ? 'int64' : types.get(like!)!;
    const made = op === 'Cast' ? (attributes.to === FLOAT ? 'float32' : 'other') : type;
    for (const name of outputs) types.set(name, made);
  }
  return types;
}
