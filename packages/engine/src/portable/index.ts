export type { Attributes } from '../tracing/trace.js';
export { foldConstants } from './fold-constants.js';
export { type BuilderType, type GraphBuilder, graphBuilder } from './graph-builder.js';
export { type NamedTensors, type OpenModel, openModel } from './open-model.js';
export {
  encodePortable,
  type ModelFacts,
  type PortableConstant,
  type PortableGraph,
  type PortableNode,
  type PortableType,
  type PortableValue,
} from './portable-graph.js';
export { recordPortable } from './record-portable.js';
export { type Precision, withPrecision } from './weight-precision.js';
