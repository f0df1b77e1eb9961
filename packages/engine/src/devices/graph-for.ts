import { withCoverage } from '../int8/coverage.js';
import { int8Products } from '../int8/int8-products.js';
import { largestWeight } from '../int8/saturation.js';
import type { Graph } from '../tracing/onnx-model.js';
import type { Device } from './device.js';
import { type ComputePrecision, halfPrecision } from './half-precision.js';
import { type FactorRanks, replaceNodes } from './replace-nodes.js';
import { widenLate } from './widen-late.js';

/** Devices whose providers lack the operators that `replaceNodes` replaces; CUDA's and DirectML's have them. */
const lacking: ReadonlySet<Device> = new Set(['webgpu', 'coreml']);

/** Rewrites a recorded graph for a device; the CPU's is unchanged unless it has gigabytes of 16-bit weights. */
export function graphFor(device: Device, precision: ComputePrecision): (graph: Graph, ranks: FactorRanks) => Graph {
  return (graph, ranks) => {
    const known = lacking.has(device) ? replaceNodes(graph, ranks) : graph;
    if (precision === 'int8') return withCoverage(int8Products(known, largestWeight()));
    if (precision === 'fp16') return halfPrecision(known);
    return device === 'cpu' && precision === 'fp32' ? widenLate(known) : known;
  };
}
