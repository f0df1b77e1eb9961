import type { Attributes } from '../tracing/trace.js';
import { onnxType, type PortableConstant, type PortableNode } from './portable-graph.js';

/** Element types of the builder's constants. */
export type BuilderType = 'float32' | 'float64' | 'int32' | 'int64';

const arrays = { float32: Float32Array, float64: Float64Array, int32: Int32Array } as const;

/** Builds a part of a graph op by op; each method returns the name of a value. */
export interface GraphBuilder {
  readonly nodes: PortableNode[];
  readonly constants: Map<string, PortableConstant>;
  /** Adds a node with one output. */
  add(op: string, inputs: readonly string[], attributes?: Attributes, output?: string): string;
  constant(values: number | readonly number[], dtype: BuilderType): string;
  cast(value: string, to: BuilderType): string;
}

/**
 * Starts a part of a graph.
 *
 * @param prefix of all names; must be unique in the graph that the part will belong to
 *
 * @example
 * ```ts
 * import { graphBuilder } from '@dgprompt/engine/portable';
 *
 * const part = graphBuilder('scale');
 * part.add('Mul', ['x', part.constant(2, 'float32')]);
 * console.log(part.nodes[0]!.inputs); // [ 'x', 'scale_constant_0' ]
 * ```
 */
export function graphBuilder(prefix: string): GraphBuilder {
  const nodes: PortableNode[] = [];
  const constants = new Map<string, PortableConstant>();
  const known = new Map<string, string>();
  const builder: GraphBuilder = {
    nodes,
    constants,
    add(op, inputs, attributes = {}, output = `${prefix}_${nodes.length}`) {
      nodes.push({ op, domain: '', inputs: [...inputs], outputs: [output], attributes });
      return output;
    },
    constant(values, dtype) {
      const list = typeof values === 'number' ? [values] : values;
      const key = `${dtype} ${JSON.stringify(values)}`;
      const found = known.get(key);
      if (found) return found;
      const name = `${prefix}_constant_${constants.size}`;
      const data = dtype === 'int64' ? BigInt64Array.from(list, BigInt) : arrays[dtype].from(list);
      const shape = typeof values === 'number' ? [] : [list.length];
      constants.set(name, { dtype, shape, bytes: new Uint8Array(data.buffer) });
      known.set(key, name);
      return name;
    },
    cast: (value, to) => builder.add('Cast', [value], { to: onnxType(to) }),
  };
  return builder;
}
