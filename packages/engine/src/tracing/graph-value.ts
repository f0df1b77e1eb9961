import type { DataType, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

/** The element types that a recorded graph can hold. */
export type GraphType = 'float32' | 'int32' | 'bool';

/** A value of a graph that is being recorded: a shape and a type without numbers. */
export interface GraphValue {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: GraphType;
}

/** @throws one sentence for types that graphs do not have (string, complex64) */
export function graphType(dtype: DataType): GraphType {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new Error(`A tensor of type ${dtype} cannot be part of a compiled function: use float32, int32 or bool.`);
}

const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array } as const;

/** A tensor's values in the array of its type: tfjs-cpu casts a tensor by changing its type and keeps the array. */
export function typedValues(values: ArrayLike<number>, dtype: GraphType): Float32Array | Int32Array | Uint8Array {
  return values instanceof arrays[dtype] ? values : arrays[dtype].from(values);
}

/** The inputs of a kernel: tensors by name, or a list for concat and stack. */
export type KernelInputs = Record<string, TensorInfo | TensorInfo[] | undefined>;

export function tensorsOf(inputs: KernelInputs): TensorInfo[] {
  return Object.values(inputs)
    .flat()
    .filter((x): x is Tensor => x != null);
}
