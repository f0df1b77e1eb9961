import type { Graph } from '../tracing/onnx-model.js';

/** Counts of products with a checkpoint's weights, in int8 and in float32. */
export interface Int8Coverage {
  /** Products in int8. */
  products: number;
  /** Products and convolutions that int8 does not cover: counts by operator. */
  float32: Readonly<Record<string, number>>;
}

const covered = 'MatMulIntegerToFloat';
const multiplying = new Set(['MatMul', 'FusedMatMul', 'Gemm', 'Conv', 'ConvTranspose']);
/** Ops that only move or widen weights. */
const moving = new Set(['Cast', 'Concat', 'Reshape', 'Slice', 'Transpose']);

/** Number of a graph's products in int8. */
export const int8Count = ({ nodes }: Graph): number => nodes.filter(({ op }) => op === covered).length;

/** Coverage of a graph rewritten for int8. */
export function coverageOf(graph: Graph): Int8Coverage {
  const weights = new Set(graph.initializers.filter(one => one.stored ?? one.apart).map(({ name }) => name));
  const float32: Record<string, number> = {};
  for (const { op, inputs, outputs } of graph.nodes) {
    const reads = inputs.some(name => weights.has(name));
    if (reads && moving.has(op)) weights.add(outputs[0]!);
    if (reads && multiplying.has(op)) float32[op] = (float32[op] ?? 0) + 1;
  }
  return { products: int8Count(graph), float32 };
}

const seen: Int8Coverage[] = [];

/** Remembers a graph's coverage for `int8Coverage`. @returns the graph */
export function withCoverage(graph: Graph): Graph {
  seen.push(coverageOf(graph));
  return graph;
}

/**
 * Total coverage of all int8 graphs that this process has made so far.
 *
 * @example
 * ```ts
 * import { int8Coverage } from '@dgprompt/engine/devices';
 *
 * console.log(int8Coverage()); // { products: 0, float32: {} }
 * ```
 */
export function int8Coverage(): Int8Coverage {
  const total = { products: 0, float32: {} as Record<string, number> };
  for (const { products, float32 } of seen) {
    total.products += products;
    for (const [op, count] of Object.entries(float32)) total.float32[op] = (total.float32[op] ?? 0) + count;
  }
  return total;
}

/**
 * A coverage in one line; undefined if there are no such products.
 *
 * @example
 * ```ts
 * import { int8Text } from '@dgprompt/engine/devices';
 *
 * const text = int8Text({ products: 148, float32: { Conv: 2 } });
 * console.log(text); // int8: 148 of 150 products with weights; float32: 2 Conv
 * ```
 */
export function int8Text({ products, float32 }: Int8Coverage): string | undefined {
  const left = Object.entries(float32).sort(([a], [b]) => (a < b ? -1 : 1));
  const all = left.reduce((sum, [, count]) => sum + count, products);
  if (all === 0) return undefined;
  const others = left.length === 0 ? '' : `; float32: ${left.map(([op, count]) => `${count} ${op}`).join(', ')}`;
  return `int8: ${products} of ${all} products with weights${others}`;
}
