import type { Graph } from '../tracing/onnx-model.js';
import { type Initializer, initializer, type Node, newNode } from '../tracing/trace.js';

/** Ranks of both factors of matrix products, by the name of the product. */
export type FactorRanks = ReadonlyMap<string, readonly [number, number]>;

/**
 * Rewrites a graph with operators that every provider has: `FusedMatMul` becomes `Gemm`, or `Transpose`, `MatMul` and
 * `Mul`; `IsNaN` and `Sign` become comparisons. ONNX Runtime's WebGPU and CoreML providers lack these three, and each
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
  IsNaN: (x, y) => [newNode('Equal', [x, x], `${y}_same`), newNode('Not', [`${y}_same`], y)],
  /** (x > -x) - (x < -x): needs no zero of x's type. */
  Sign: (x, y) => [
    newNode('Neg', [x], `${y}_negative`),
    newNode('Greater', [x, `${y}_negative`], `${y}_above`),
    newNode('Less', [x, `${y}_negative`], `${y}_below`),
    newNode('CastLike', [`${y}_above`, x], `${y}_plus`),
    newNode('CastLike', [`${y}_below`, x], `${y}_minus`),
    newNode('Sub', [`${y}_plus`, `${y}_minus`], y),
  ],
};

function plainProduct(node: Node, ranks: readonly [number, number], added: Initializer[]): Node[] {
  const { transA, transB, alpha } = node.attributes as { transA: number; transB: number; alpha: { float: number } };
  const [product] = node.outputs as [string];
  if (ranks.every(rank => rank === 2)) return [newNode('Gemm', node.inputs, product, { transA, transB, alpha })];
  const nodes: Node[] = [];
  const factors = [transA, transB].map((turned, i) => {
    const name = node.inputs[i]!;
    if (!turned) return name;
    nodes.push(newNode('Transpose', [name], `${product}_turned${i}`, { perm: lastTwoTurned(ranks[i]!) }));
    return `${product}_turned${i}`;
  });
  if (alpha.float === 1) return [...nodes, newNode('MatMul', factors, product)];
  const scale = `${product}_alpha`;
  added.push(initializer(scale, 'float32', [], [alpha.float]));
  return [
    ...nodes,
    newNode('MatMul', factors, `${product}_unscaled`),
    newNode('Mul', [`${product}_unscaled`, scale], product),
  ];
}

const lastTwoTurned = (rank: number): number[] => [...Array(rank - 2).keys(), rank - 1, rank - 2];
