import * as tf from '@tensorflow/tfjs-core';
import type { OnnxBackend } from './backend/backend.js';
import { restoreVariables, standIn } from './backend/variables.js';
import type { Placement } from './devices/placement.js';
import type { FactorRanks } from './devices/replace-nodes.js';
import { int8Count } from './int8/coverage.js';
import { commonFolder } from './runtime/file-place.js';
import { STORED_BYTES } from './runtime/stored-file.js';
import { type GraphValue, graphType } from './tracing/graph-value.js';
import { encodeModel, type Graph } from './tracing/onnx-model.js';
import { freshName, type Node, neededNodes, newTrace, type Trace } from './tracing/trace.js';
import { leaves, mapTree, type Tree } from './tree.js';

/** Facts about a compiled graph. */
export interface GraphFacts {
  /** Nodes as recorded, before ONNX Runtime's own fusions. */
  nodes: number;
  /**
   * Floating-point operations per call in matrix products and convolutions: two for each multiplication and addition.
   */
  operations: number;
  /** Matrix products in int8; 0 in any other precision. */
  int8: number;
  /** Seconds spent tracing the function and creating ONNX Runtime's session. */
  seconds: { trace: number; session: number };
  /** Where its nodes run, on devices other than the CPU; known after the first call. */
  placement?: Placement;
}

/** A function as one graph, with its inputs and results. */
export interface Recording {
  readonly model: Uint8Array;
  /** A separate weight file, to be removed once a session has read it. */
  readonly weights?: string;
  /** The folder of the model's weight files, if it has any. */
  readonly folder?: string;
  /** Bytes of weights that the model reads from there. */
  readonly storedBytes: number;
  /** The tensor arguments that the graph reads, by position. */
  readonly arguments: readonly { index: number; symbol: GraphValue }[];
  readonly reads: readonly { variable: tf.Variable; symbol: GraphValue }[];
  readonly writes: readonly { variable: tf.Variable; symbol: GraphValue }[];
  readonly facts: Omit<GraphFacts, 'seconds'>;
  /** The structure of the result. */
  readonly result: Tree<ResultLeaf>;
}

/** A leaf of the result: a constant, or the tensor of a graph value. */
export type ResultLeaf = (tensorOf: (symbol: GraphValue) => tf.Tensor) => unknown;

/**
 * Runs `fn` once on symbols and returns the graph of its operations; outputs are its results and the new values of the
 * variables that it assigned.
 *
 * @param adapt rewrites the graph for the device that will run it
 */
export function record(
  backend: OnnxBackend,
  fn: (...args: unknown[]) => unknown,
  args: readonly unknown[],
  adapt: (graph: Graph, ranks: FactorRanks) => Graph = graph => graph,
): Recording {
  const trace = newTrace();
  const engine = tf.engine();
  engine.startScope('compile');
  backend.trace = trace;
  for (const variable of Object.values(engine.registeredVariables)) standIn(backend, trace, variable);
  let recording: Recording;
  let madeInside = false;
  try {
    const inputs: GraphValue[] = [];
    const symbolicArguments = args.map(arg =>
      mapTree(
        leaf => {
          if (!isArgument(leaf)) return leaf;
          const symbol = { name: freshName(trace, 'x'), shape: leaf.shape, dtype: graphType(leaf.dtype) };
          inputs.push(symbol);
          return engine.makeTensorFromTensorInfo(backend.symbolic(symbol.name, symbol.shape, symbol.dtype));
        },
        arg as Tree<unknown>,
      ),
    );
    const returned = fn(...symbolicArguments);
    if (returned instanceof Promise) throw new Error('compile(fn) needs a synchronous function, but fn is async.');

    const outputs: GraphValue[] = [];
    const output = (x: tf.TensorInfo): GraphValue => {
      const symbol = { name: outputName(trace, outputs, backend.nameOf(x)), shape: x.shape, dtype: graphType(x.dtype) };
      outputs.push(symbol);
      return symbol;
    };
    const result: Recording['result'] = mapTree(
      leaf => {
        if (!(leaf instanceof tf.Tensor)) return () => leaf;
        const symbol = output(leaf);
        return (tensorOf: (symbol: GraphValue) => tf.Tensor) => tensorOf(symbol);
      },
      returned as Tree<unknown>,
    );
    const states = [...trace.variables].map(([variable, { symbolic, symbol }]) => ({ variable, symbolic, symbol }));
    const writes = states
      .filter(({ variable, symbolic }) => variable.dataId !== symbolic.dataId)
      .map(({ variable }) => ({ variable, symbol: output(variable) }));
    if (outputs.length === 0) output(backend.filled(0, [], 'bool')); // ONNX Runtime rejects graphs without outputs

    const { nodes, names } = neededNodes(
      trace.nodes,
      outputs.map(({ name }) => name),
    );
    const fed = inputs.map((symbol, index) => ({ index, symbol })).filter(({ symbol }) => names.has(symbol.name));
    const reads = states.filter(({ symbol }) => names.has(symbol.name));
    const initializers = [...trace.initializers.values()].filter(({ name }) => names.has(name));
    const parts = initializers.flatMap(({ stored }) => stored ?? []);
    const storedBytes = parts.reduce((sum, { size, type }) => sum + size * STORED_BYTES[type], 0);
    const files = parts.map(({ file }) => file.path);
    const folder = files.length > 0 ? commonFolder(files) : undefined;
    const read = [...fed, ...reads].map(({ symbol }) => symbol);
    const graph = adapt({ nodes, initializers, folder, inputs: read, outputs }, trace.factorRanks);
    const model = encodeModel(graph);
    const facts = { nodes: graph.nodes.length, operations: operationsOf(trace, nodes), int8: int8Count(graph) };
    recording = {
      model,
      weights: graph.weights,
      folder: graph.folder,
      storedBytes,
      arguments: fed,
      reads,
      writes,
      facts,
      result,
    };
  } finally {
    madeInside = restoreVariables(backend, trace);
    backend.trace = undefined;
    engine.endScope();
  }
  if (madeInside)
    throw new Error('A variable made inside compile(fn) needs an initial value from outside, such as tf.zeros.');
  return recording;
}

function operationsOf({ operations }: Trace, nodes: readonly Node[]): number {
  return nodes.reduce((sum, { outputs }) => sum + (operations.get(outputs[0]!) ?? 0), 0);
}

/** Graph outputs need unique names: an input, a constant or an earlier output gets a copy. */
function outputName(trace: Trace, outputs: readonly GraphValue[], source: string): string {
  const computed = trace.nodes.some(node => node.outputs.includes(source));
  if (computed && !outputs.some(({ name }) => name === source)) return source;
  const name = freshName(trace, 'v');
  trace.nodes.push({ op: 'Identity', domain: '', inputs: [source], outputs: [name], attributes: {} });
  return name;
}

/** A variable among the arguments is state, not an argument. */
const isArgument = (leaf: unknown): leaf is tf.Tensor => leaf instanceof tf.Tensor && !(leaf instanceof tf.Variable);

/** The tensors among the arguments, in the order in which `record` numbers them. */
export const tensorArguments = (args: readonly unknown[]): tf.Tensor[] =>
  args.flatMap(arg => leaves(arg as Tree<unknown>)).filter(isArgument);
