import { createSession } from '../runtime/onnxruntime.js';
import {
  encodePortable,
  type PortableConstant,
  type PortableGraph,
  type PortableNode,
  type PortableType,
} from './portable-graph.js';
import { widenWeights } from './widen-weights.js';

/** Ops whose results are larger than their inputs: they stay in the graph. */
const growing = new Set(['Expand', 'Tile', 'ConstantOfShape', 'Range', 'OneHot']);

/** Results up to this many bytes are folded even if they are larger than their inputs. */
const smallEnough = 65_536;

/**
 * Computes everything that does not depend on an input and keeps the results as constants: widened half-precision
 * weights, learned prompts that are products of learned matrices, class features, transposed weights.
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import { foldConstants, recordPortable } from '@dgprompt/engine/portable';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const constant = () => tf.add(tf.variable(tf.ones([2])), 1);
 * const graph = await foldConstants(recordPortable(constant, []));
 * console.log(graph.nodes.length, graph.constants.size); // 0 1
 * ```
 */
export async function foldConstants(given: PortableGraph): Promise<PortableGraph> {
  const graph = widenWeights(given);
  const constant = new Set(graph.constants.keys());
  const folded: PortableNode[] = [];
  const kept: PortableNode[] = [];
  for (const node of graph.nodes) {
    if (node.inputs.every(name => name === '' || constant.has(name)) && !growing.has(node.op)) {
      folded.push(node);
      for (const name of node.outputs) constant.add(name);
    } else kept.push(node);
  }
  const made = new Set(folded.flatMap(({ outputs }) => outputs));
  const wanted = new Set([...kept.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  const names = [...made].filter(name => wanted.has(name));
  if (names.length === 0) return used(graph);

  const values = await computed(graph, folded, names);
  const after = used({ ...graph, nodes: kept, constants: new Map([...graph.constants, ...values]) });
  return size(after) <= size(used(graph)) + smallEnough ? after : used(graph);
}

const size = ({ constants }: PortableGraph): number =>
  [...constants.values()].reduce((sum, { bytes }) => sum + bytes.length, 0);

async function computed(
  graph: PortableGraph,
  nodes: PortableNode[],
  names: string[],
): Promise<Map<string, PortableConstant>> {
  const part = used({
    ...graph,
    nodes,
    inputs: [],
    outputs: names.map(name => ({ name })),
  });
  const model = encodePortable(part, { name: 'constants', description: '', version: '', metadata: {} });
  const session = await createSession(model, { graphOptimizationLevel: 'disabled', logSeverityLevel: 3 });
  try {
    const outputs = await session.run({});
    return new Map(
      names.map(name => {
        const { data, dims, type } = outputs[name]!;
        const { buffer, byteOffset, byteLength } = data as Float32Array;
        return [
          name,
          {
            dtype: type as PortableType,
            shape: [...dims],
            bytes: new Uint8Array(buffer, byteOffset, byteLength).slice(),
          },
        ];
      }),
    );
  } finally {
    await session.release();
  }
}

/** The graph without constants that no node reads. */
export function used(graph: PortableGraph): PortableGraph {
  const names = new Set([...graph.nodes.flatMap(({ inputs }) => inputs), ...graph.outputs.map(({ name }) => name)]);
  return { ...graph, constants: new Map([...graph.constants].filter(([name]) => names.has(name))) };
}
