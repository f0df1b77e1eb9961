import onnxProto from 'onnx-proto';
import { externalData, storedBytes } from '../runtime/stored-file.js';
import { WEIGHTS } from '../runtime/weight-file.js';
import type { GraphValue } from './graph-value.js';
import type { Attributes, Initializer, Node } from './trace.js';

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
type AttributeProto = InstanceType<typeof onnx.AttributeProto>;

/** TensorProto.DataType's numbers. */
export const ELEMENT: Record<Initializer['dtype'], number> = {
  float32: 1,
  uint8: 2,
  int8: 3,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
  bfloat16: 16,
};

/** TensorProto.DataLocation: the values are in another file. */
const EXTERNAL = 1;

/** Opset 20 and ONNX Runtime's own operators: both are in every onnxruntime-node since 1.17. */
const OPSETS = [
  { domain: '', version: 20 },
  { domain: 'com.microsoft', version: 1 },
];
const IR_VERSION = 9;

function attributeProto(name: string, value: Attributes[string]): Partial<AttributeProto> {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

const valueInfo = ({ name, dtype, shape }: GraphValue) => ({
  name,
  type: { tensorType: { elemType: ELEMENT[dtype], shape: { dim: shape.map(dimValue => ({ dimValue })) } } },
});

/** The position of bytes in the weight file, in the folder that the session reads. */
const bytesOf = (apart: { offset: number; length: number }) =>
  Object.entries({ location: WEIGHTS, ...apart }).map(([key, value]) => ({ key, value: String(value) }));

export interface Graph {
  readonly nodes: readonly Node[];
  readonly initializers: readonly Initializer[];
  readonly inputs: readonly GraphValue[];
  readonly outputs: readonly GraphValue[];
  /**
   * Paths of stored values are relative to this folder; without it (files on several drives), their bytes become part
   * of the model.
   */
  readonly folder?: string;
  /** A separate file of the initializers that are `apart`, to be removed once a session has read it. */
  readonly weights?: string;
}

/** Encodes a recorded graph as the bytes of an ONNX model. */
export function encodeModel({ nodes, initializers, inputs, outputs, folder }: Graph): Uint8Array {
  return onnx.ModelProto.encode({
    irVersion: IR_VERSION,
    producerName: 'dgprompt',
    opsetImport: OPSETS,
    graph: {
      name: 'compiled',
      node: nodes.map(({ op, domain, inputs, outputs, attributes }) => ({
        opType: op,
        domain,
        input: [...inputs],
        output: [...outputs],
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      })),
      initializer: initializers.map(({ name, dtype, shape, bytes, stored, apart }) => ({
        name,
        dataType: ELEMENT[dtype],
        dims: [...shape],
        ...(apart
          ? { dataLocation: EXTERNAL, externalData: bytesOf(apart) }
          : stored && folder !== undefined
            ? { dataLocation: EXTERNAL, externalData: externalData(stored, folder) }
            : { rawData: stored ? storedBytes(stored) : bytes }),
      })),
      input: inputs.map(valueInfo),
      output: outputs.map(valueInfo),
    },
  }).finish();
}
