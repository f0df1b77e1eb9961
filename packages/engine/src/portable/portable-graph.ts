import onnxProto from 'onnx-proto';
import type { Attributes } from '../tracing/trace.js';

const { onnx } = onnxProto;
const { AttributeType } = onnx.AttributeProto;
type AttributeProto = InstanceType<typeof onnx.AttributeProto>;
type ModelProto = InstanceType<typeof onnx.ModelProto>;

/** TensorProto.DataType's numbers, and the bytes per element. */
const types = {
  float32: [1, 4],
  uint8: [2, 1],
  int8: [3, 1],
  int32: [6, 4],
  int64: [7, 8],
  string: [8, 0],
  bool: [9, 1],
  float16: [10, 2],
  float64: [11, 8],
  bfloat16: [16, 2],
} as const;

export type PortableType = keyof typeof types;

/** ONNX's number for a type, for `Cast`. */
export const onnxType = (dtype: PortableType): number => types[dtype][0];

export interface PortableNode {
  op: string;
  domain: string;
  inputs: string[];
  outputs: string[];
  attributes: Attributes;
}

/** A constant: row-major little-endian bytes, or strings. */
export interface PortableConstant {
  dtype: PortableType;
  shape: readonly number[];
  bytes: Uint8Array;
  strings?: readonly string[];
}

/** An input or output. Dimensions of variable size have names. If an output has no type, ONNX infers it. */
export interface PortableValue {
  name: string;
  dtype?: PortableType;
  shape?: readonly (number | string)[];
}

/** A self-contained graph that can be written as one ONNX file. */
export interface PortableGraph {
  nodes: PortableNode[];
  constants: Map<string, PortableConstant>;
  inputs: PortableValue[];
  outputs: PortableValue[];
}

/** Metadata of an ONNX file. */
export interface ModelFacts {
  name: string;
  description: string;
  /** Version of the program that wrote it. */
  version: string;
  metadata: Record<string, string>;
}

/**
 * Encodes a portable graph as the bytes of an ONNX file: opset 20, with ONNX Runtime's own operators.
 *
 * @example
 * ```ts
 * import { useDevice } from '@dgprompt/engine';
 * import { encodePortable, recordPortable } from '@dgprompt/engine/portable';
 * import * as tf from '@tensorflow/tfjs-core';
 *
 * await useDevice();
 * const double = (x: tf.Tensor) => tf.mul(x, 2);
 * const graph = recordPortable(double, [tf.zeros([2, 3])]);
 * const bytes = encodePortable(graph, { name: 'double', description: '', version: '1', metadata: {} });
 * console.log(bytes.length > 100); // true
 * ```
 */
export function encodePortable(graph: PortableGraph, facts: ModelFacts): Uint8Array {
  const message = onnx.ModelProto.create({
    irVersion: 9,
    producerName: 'dgprompt',
    producerVersion: facts.version,
    docString: facts.description,
    opsetImport: [
      { domain: '', version: 20 },
      { domain: 'com.microsoft', version: 1 },
    ],
    metadataProps: Object.entries(facts.metadata).map(([key, value]) => ({ key, value })),
    graph: {
      name: facts.name,
      node: graph.nodes.map(({ op, domain, inputs, outputs, attributes }) => ({
        opType: op,
        domain,
        input: inputs,
        output: outputs,
        attribute: Object.entries(attributes).map(([name, value]) => attributeProto(name, value)),
      })),
      initializer: [...graph.constants].map(([name, { dtype, shape, bytes, strings }]) => ({
        name,
        dataType: onnxType(dtype),
        dims: [...shape],
        ...(strings ? { stringData: strings.map(text => new TextEncoder().encode(text)) } : { rawData: bytes }),
      })),
      input: graph.inputs.map(valueInfo),
      output: graph.outputs.map(valueInfo),
    },
  });
  return onnx.ModelProto.encode(message).finish();
}

function valueInfo({ name, dtype, shape = [] }: PortableValue) {
  if (dtype === undefined) return { name };
  const dim = shape.map(size => (typeof size === 'number' ? { dimValue: size } : { dimParam: size }));
  return { name, type: { tensorType: { elemType: onnxType(dtype), shape: { dim } } } };
}

function attributeProto(name: string, value: Attributes[string]): Partial<AttributeProto> {
  if (typeof value === 'number') return { name, type: AttributeType.INT, i: value };
  if (typeof value === 'string') return { name, type: AttributeType.STRING, s: new TextEncoder().encode(value) };
  if ('float' in value) return { name, type: AttributeType.FLOAT, f: value.float };
  return { name, type: AttributeType.INTS, ints: [...value] };
}

/**
 * Decodes the graph of an ONNX file, whose weights may be in other files.
 *
 * @param read returns bytes of another file, by its path in the model
 */
export function decodePortable(
  model: Uint8Array,
  read: (location: string, offset: number, length: number | undefined) => Uint8Array,
): PortableGraph {
  const { graph } = onnx.ModelProto.decode(model) as ModelProto;
  const constants = new Map<string, PortableConstant>();
  for (const { name, dataType, dims, rawData, externalData } of graph?.initializer ?? []) {
    const dtype = typeOf(dataType ?? 0);
    const where = new Map((externalData ?? []).map(({ key, value }) => [key, value]));
    const location = where.get('location');
    const length = where.get('length');
    const bytes = location
      ? read(location, Number(where.get('offset') ?? 0), length ? Number(length) : undefined)
      : (rawData ?? new Uint8Array());
    constants.set(name!, { dtype, shape: (dims ?? []).map(Number), bytes });
  }
  const value = (info: NonNullable<typeof graph>['input'] extends (infer V)[] | null | undefined ? V : never) => {
    const { elemType, shape } = info.type!.tensorType!;
    return {
      name: info.name!,
      dtype: typeOf(elemType ?? 0),
      shape: (shape?.dim ?? []).map(dim => (dim.dimParam ? dim.dimParam : Number(dim.dimValue))),
    };
  };
  return {
    nodes: (graph?.node ?? []).map(node => ({
      op: node.opType!,
      domain: node.domain ?? '',
      inputs: [...(node.input ?? [])],
      outputs: [...(node.output ?? [])],
      attributes: Object.fromEntries(
        (node.attribute ?? []).map(one => [one.name!, attributeValue(one as AttributeProto)]),
      ),
    })),
    constants,
    inputs: (graph?.input ?? []).map(value),
    outputs: (graph?.output ?? []).map(value),
  };
}

function typeOf(number: number): PortableType {
  const found = Object.entries(types).find(([, [id]]) => id === number);
  if (!found) throw new Error(`The graph has a tensor of ONNX type ${number}, which cannot be written to a file yet.`);
  return found[0] as PortableType;
}

function attributeValue({ type, i, s, f, ints }: AttributeProto): Attributes[string] {
  if (type === AttributeType.INT) return Number(i);
  if (type === AttributeType.STRING) return new TextDecoder().decode(s);
  if (type === AttributeType.FLOAT) return { float: f };
  return ints.map(Number);
}

/** Number of elements of a shape. */
export const elementCount = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
