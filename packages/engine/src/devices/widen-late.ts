import { STORED_BYTES } from '../runtime/stored-file.js';
import { ELEMENT, type Graph } from '../tracing/onnx-model.js';
import { type Initializer, initializer, type Node, newNode } from '../tracing/trace.js';

/** 16-bit weights that total this many bytes would take several gigabytes in 32 bits. */
const MUCH = 2 ** 30;

/** Smaller weights are widened once, as usual. */
const SMALL = 2 ** 20;

const products = new Set(['MatMul', 'FusedMatMul', 'Gemm']);

/**
 * A graph whose 16-bit weights are widened to float32 when needed and then freed, so that memory holds them in 16 bits
 * and only one layer in 32. ONNX Runtime would widen all of them once, when it creates the session, and keep them. To
 * prevent that, the shape of each weight is made to depend on the values that the weight is multiplied with.
 *
 * @returns the same graph if its weights are not `much`
 */
export function widenLate(graph: Graph, { much = MUCH, small = SMALL } = {}): Graph {
  const wide = new Map(graph.initializers.filter(one => isHalf(one) && bytesOf(one) >= small).map(i => [i.name, i]));
  if ([...wide.values()].reduce((sum, one) => sum + bytesOf(one), 0) < much) return graph;
  const live = new Set(graph.inputs.map(({ name }) => name));
  /** Nodes whose inputs are all weights, by output: they wait for the first node that reads them. */
  const waiting = new Map<string, Node>();
  const nodes: Node[] = [];
  const added: Initializer[] = [int64('late_first', [0]), int64('late_flat', [-1]), int64('late_zero', [0])];
  const zeros = new Map<string, string>();

  /** A zero that ONNX Runtime knows only after computing `value`. */
  function zeroAfter(value: string): string {
    const known = zeros.get(value);
    if (known) return known;
    const name = `late_${value}`;
    nodes.push(
      newNode('Reshape', [value, 'late_flat'], `${name}_flat`),
      newNode('Gather', [`${name}_flat`, 'late_first'], `${name}_one`),
      newNode('IsNaN', [`${name}_one`], `${name}_nan`),
      newNode('Cast', [`${name}_nan`], `${name}_number`, { to: ELEMENT.int64 }),
      newNode('Min', [`${name}_number`, 'late_zero'], name),
    );
    zeros.set(value, name);
    return name;
  }

  /** Emits the nodes that make a value out of weights, just before the node that reads it. */
  function emit(value: string, after: string | undefined): void {
    const node = waiting.get(value);
    if (!node) return;
    for (const output of node.outputs) waiting.delete(output);
    for (const input of node.inputs) emit(input, after);
    const weight = wide.get(node.inputs[0]!);
    if (node.op !== 'Cast' || !weight || after === undefined) {
      nodes.push(node);
      return;
    }
    const [output] = node.outputs as [string];
    added.push(int64(`${output}_shape`, weight.shape));
    nodes.push(
      newNode('Add', [`${output}_shape`, zeroAfter(after)], `${output}_late`),
      newNode('Reshape', [weight.name, `${output}_late`], `${output}_weight`),
      { ...node, inputs: [`${output}_weight`] },
    );
  }

  for (const node of graph.nodes) {
    const ofWeights = node.inputs.some(input => wide.has(input) || waiting.has(input));
    if (ofWeights && !node.inputs.some(input => live.has(input))) {
      for (const output of node.outputs) waiting.set(output, node);
      continue;
    }
    const after = products.has(node.op) ? node.inputs.find(input => live.has(input)) : undefined;
    for (const input of node.inputs) emit(input, after);
    nodes.push(node);
    if (node.inputs.some(input => live.has(input))) for (const output of node.outputs) live.add(output);
  }
  for (const value of [...waiting.keys()]) emit(value, undefined);
  return { ...graph, nodes, initializers: [...graph.initializers, ...added] };
}

const isHalf = ({ dtype, stored }: Initializer): boolean =>
  stored !== undefined && (dtype === 'float16' || dtype === 'bfloat16');

const bytesOf = ({ stored }: Initializer): number => stored!.size * STORED_BYTES[stored!.type];

const int64 = (name: string, values: readonly number[]): Initializer =>
  initializer(name, 'int64', [values.length], values);
