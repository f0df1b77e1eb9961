import type { Graph } from '../tracing/onnx-model.js';
import type { Device } from './device.js';
import { type ComputePrecision, halfPrecision } from './half-precision.js';
import { type FactorRanks, replaceNodes } from './replace-nodes.js';

/** Devices whose providers lack the operators that `replaceNodes` replaces; those of CUDA and DirectML have them. */
const lacking: ReadonlySet<Device> = new Set(['webgpu', 'coreml']);

/** Rewrites a recorded graph for a device; that of the CPU is unchanged. */
export function graphFor(device: Device, precision: ComputePrecision): (graph: Graph, ranks: FactorRanks) => Graph {
  return (graph, ranks) => {
    const known = lacking.has(device) ? replaceNodes(graph, ranks) : graph;
    return precision === 'fp16' ? halfPrecision(known) : known;
  };
}
