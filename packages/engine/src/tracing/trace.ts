import type { DataId, Tensor, Variable } from '@tensorflow/tfjs-core';
import type { StoredPart, StoredType } from '../runtime/stored-file.js';
import type { GraphType, GraphValue } from './graph-value.js';

/** Attributes of a node by name; plain numbers are integers. */
export type Attributes = Record<string, number | string | readonly number[] | { float: number }>;

export interface Node {
  readonly op: string;
  readonly domain: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
}

export type ConstantType = GraphType | 'int64' | 'float64';
/** Types that only rewritten graphs have. */
export type NarrowType = 'int8' | 'uint8';

export interface Initializer {
  readonly name: string;
  readonly dtype: ConstantType | StoredType | NarrowType;
  readonly shape: readonly number[];
  /** Its values, or where they are stored. */
  readonly bytes?: Uint8Array;
  readonly stored?: StoredPart;
  /** Position of its bytes in the graph's weight file. */
  readonly apart?: { readonly offset: number; readonly length: number };
}

/** A graph being recorded: nodes in the order of execution, and the constants they read. */
export interface Trace {
  readonly nodes: Node[];
  readonly initializers: Map<string, Initializer>;
  /** Equal nodes and constants are recorded once: their key → their output names. */
  readonly seen: Map<string, readonly string[]>;
  /** Captured tensors by their data object, with one value for each type they were read as. */
  readonly captured: Map<object, GraphValue[]>;
  /** The input of reshapes, and its shape if known, by the name of their output. */
  readonly reshapes: Map<string, { name: string; shape?: readonly number[] }>;
  /** The input of tiles that only repeat axes of size 1, by the name of their output. */
  readonly broadcasts: Map<string, string>;
  /** Floating-point operations of matrix products and convolutions, by the name of their output. */
  readonly operations: Map<string, number>;
  /** Ranks of both factors of matrix products, by the name of their output. */
  readonly factorRanks: Map<string, readonly [number, number]>;
  /** Variables: their data, and the symbol that replaces it during tracing. */
  readonly variables: Map<Variable, { real: DataId; symbolic: Tensor; symbol: GraphValue }>;
  counter: number;
}

export const newTrace = (): Trace => ({
  nodes: [],
  initializers: new Map(),
  seen: new Map(),
  captured: new Map(),
  reshapes: new Map(),
  broadcasts: new Map(),
  operations: new Map(),
  factorRanks: new Map(),
  variables: new Map(),
  counter: 0,
});

/** A node with one output. */
export const newNode = (
  op: string,
  inputs: readonly string[],
  output: string,
  attributes: Attributes = {},
  domain = '',
): Node => ({ op, domain, inputs, outputs: [output], attributes });

export const freshName = (trace: Trace, letter: string): string => `${letter}${trace.counter++}`;

/** Records one node and returns the names of its outputs. Equal nodes are recorded once. */
export function addNode(
  trace: Trace,
  op: string,
  inputs: readonly string[],
  attributes: Attributes = {},
  { outputs = 1, domain = '' }: { outputs?: number; domain?: string } = {},
): readonly string[] {
  const key = `${domain}.${op}(${inputs.join(',')})${JSON.stringify(attributes)}${outputs}`;
  const known = trace.seen.get(key);
  if (known) return known;
  const names = Array.from({ length: outputs }, () => freshName(trace, 'v'));
  trace.nodes.push({ op, domain, inputs, outputs: names, attributes });
  trace.seen.set(key, names);
  return names;
}

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array, bool: Uint8Array } as const;

/** An initializer of a few values. */
export function initializer(
  name: string,
  dtype: ConstantType,
  shape: readonly number[],
  values: ArrayLike<number>,
): Initializer {
  const data = dtype === 'int64' ? BigInt64Array.from(Array.from(values), BigInt) : arrays[dtype].from(values);
  return { name, dtype, shape, bytes: new Uint8Array(data.buffer) };
}

/** A small constant made by a kernel (axes, shapes, scalars). Equal ones are stored once. */
export function addConstant(
  trace: Trace,
  values: readonly number[],
  dtype: ConstantType,
  shape: readonly number[],
): string {
  const key = `${dtype}[${shape.join(',')}]=${values.map(x => (Object.is(x, -0) ? '-0' : x)).join(',')}`;
  const known = trace.seen.get(key);
  if (known) return known[0]!;
  const name = freshName(trace, 'k');
  trace.initializers.set(name, initializer(name, dtype, shape, values));
  trace.seen.set(key, [name]);
  return name;
}

/** Records a tensor that existed before the trace as an initializer that shares its bytes. */
export function addCaptured(
  trace: Trace,
  values: Float32Array | Int32Array | Uint8Array,
  dtype: GraphType,
  shape: readonly number[],
): string {
  if (values.length === 1) return addConstant(trace, [values[0]!], dtype, shape);
  const first = values[0];
  if (values.length > 0 && values.every(x => Object.is(x, first))) {
    const scalar = addConstant(trace, [first!], dtype, []);
    return addNode(trace, 'Expand', [scalar, addConstant(trace, shape, 'int64', [shape.length])])[0]!;
  }
  const name = freshName(trace, 'c');
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  trace.initializers.set(name, { name, dtype, shape, bytes });
  return name;
}

/** The nodes needed for the wanted values, in order. */
export function neededNodes(nodes: readonly Node[], wanted: Iterable<string>): { nodes: Node[]; names: Set<string> } {
  const names = new Set(wanted);
  const kept: Node[] = [];
  for (let i = nodes.length - 1; i >= 0; i--) {
    const node = nodes[i]!;
    if (!node.outputs.some(output => names.has(output))) continue;
    for (const input of node.inputs) names.add(input);
    kept.push(node);
  }
  return { nodes: kept.reverse(), names };
}
