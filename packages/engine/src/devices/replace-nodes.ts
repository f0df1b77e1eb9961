import type { Graph } from '../tracing/onnx-model.js';
import type { Attributes, Initializer, Node } from '../tracing/trace.js';

/** Ranks of both factors of matrix products, by the name of the product. */
export type FactorRanks = ReadonlyMap<string, readonly [number, number]>;

/**
 * Rewrites a graph with operators that every provider has: `FusedMatMul` becomes `Gemm`, or `Transpose`, `MatMul` and
 * `Mul`; `IsNaN` and `Sign` become comparisons. ONNX Runtime's WebGPU and CoreML providers lack the three, and each
 * such node would cost a round trip to the CPU. Values keep their names.
 */
export function replaceNodes(graph: Graph, ranks: FactorRanks): Graph {
  const added: Initializer[] = [];
  const nodes = graph.nodes.flatMap(node => {
    if (node.op === 'FusedMatMul') return plainProduct(node, ranks.get(node.outputs[0]!)!, added);
    return plain[node.op]?.(node.inputs[0]!, node.outputs[0]!) ?? [node];
  });
  return { ...graph, nodes, initializers: [...graph.initializers, ...added] };
}

const plain: Record<string, (x: string, y: string) => Node[]> = {
  IsNaN: (x, y) => [made('Equal', [x, x], `${y}_same`), made('Not', [`${y}_same`], y)],
  /** (x > -x) - (x < -x): needs no zero of x's type. */
  Sign: (x, y) => [
    made('Neg', [x], `${y}_negative`),
    made('Greater', [x, `${y}_negative`], `${y}_above`),
    made('Less', [x, `${y}_negative`], `${y}_below`),
    made('CastLike', [`${y}_above`, x], `${y}_plus`),
    made('CastLike', [`${y}_below`, x], `${y}_minus`),
    made('Sub', [`${y}_plus`, `${y}_minus`], y),
  ],
};

function plainProduct(node: Node, ranks: readonly [number, number], added: Initializer[]): Node[] {
  const { transA, transB, alpha } = node.attributes as { transA: number; transB: number; alpha: { float: number } };
  const [product] = node.outputs as [string];
  if (ranks.every(rank => rank === 2)) return [made('Gemm', node.inputs, product, { transA, transB, alpha })];
  const nodes: Node[] = [];
  const factors = [transA, transB].map((turned, i) => {
    const name = node.inputs[i]!;
    if (!turned) return name;
    nodes.push(made('Transpose', [name], `${product}_turned${i}`, { perm: lastTwoTurned(ranks[i]!) }));
    return `${product}_turned${i}`;
  });
  if (alpha.float === 1) return [...nodes, made('MatMul', factors, product)];
  const scale = `${product}_alpha`;
  added.push({ name: scale, dtype: 'float32', shape: [], bytes: new Uint8Array(Float32Array.of(alpha.float).buffer) });
  return [
    ...nodes,
    made('MatMul', factors, `${product}_unscaled`),
    made('Mul', [`${product}_unscaled`, scale], product),
  ];
}

const lastTwoTurned = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];

const made = (op: string, inputs: readonly string[], output: string, attributes: Attributes = {}): Node => ({
  op,
  domain: '',
  inputs,
  outputs: [output],
  attributes,
});
