import { readStored, type StoredPart } from '../runtime/stored-file.js';
import type { Graph } from '../tracing/onnx-model.js';
import type { Initializer, Node } from '../tracing/trace.js';

/** A matrix of the checkpoint that a graph's product reads as its right factor. */
export interface FrozenWeight {
  /** The parts, stacked vertically, make a matrix of this shape. */
  readonly parts: readonly StoredPart[];
  readonly shape: readonly [rows: number, columns: number];
  /** The part of that matrix that is read. */
  readonly rows: Span;
  readonly columns: Span;
  /** Whether the factor is that part transposed. */
  readonly transposed: boolean;
}

type Span = readonly [from: number, to: number];

type Find = (name: string) => FrozenWeight | undefined;
type Constants = ReadonlyMap<string, Initializer>;

/** Finds the stored weight behind a value of a graph, undoing recorded casts, joins, slices and transpositions. */
export function frozenWeights({ nodes, initializers }: Graph): Find {
  const constants: Constants = new Map(initializers.map(initializer => [initializer.name, initializer]));
  const makers = new Map(nodes.map(node => [node.outputs[0]!, node]));
  return function find(name) {
    const constant = constants.get(name);
    if (constant) return storedMatrix(constant);
    const maker = makers.get(name);
    return maker && moved[maker.op]?.(maker, find, constants);
  };
}

/** Identifies a weight within a graph. */
export const weightKey = ({ parts, shape, rows, columns, transposed }: FrozenWeight): string =>
  JSON.stringify([parts.map(({ file, offset }) => [file.path, offset]), shape, rows, columns, transposed]);

function storedMatrix({ stored, shape }: Initializer): FrozenWeight | undefined {
  if (!stored || shape.length !== 2) return undefined;
  const [rows, columns] = shape as [number, number];
  return { parts: [stored], shape: [rows, columns], rows: [0, rows], columns: [0, columns], transposed: false };
}

const moved: Record<string, (node: Node, find: Find, constants: Constants) => FrozenWeight | undefined> = {
  Cast: ({ inputs }, find) => find(inputs[0]!),
  Transpose({ inputs }, find) {
    const weight = find(inputs[0]!);
    return weight && { ...weight, transposed: !weight.transposed };
  },
  /** A stored tensor of any shape that is read as a matrix, such as a convolution's kernels. */
  Reshape({ inputs }, _, constants) {
    const constant = constants.get(inputs[0]!);
    const shape = numbers(constants.get(inputs[1]!));
    return constant && shape && storedMatrix({ ...constant, shape });
  },
  Slice({ inputs }, find, constants) {
    const weight = find(inputs[0]!);
    const [from, to] = [numbers(constants.get(inputs[1]!)), numbers(constants.get(inputs[2]!))];
    if (!weight || inputs.length > 3 || from?.length !== 2 || to?.length !== 2) return undefined;
    const [outer, inner] = weight.transposed ? [1, 0] : [0, 1];
    const within = ([start]: Span, axis: number): Span => [start + from[axis]!, start + to[axis]!];
    return { ...weight, rows: within(weight.rows, outer), columns: within(weight.columns, inner) };
  },
  Concat({ inputs, attributes }, find) {
    const parts = inputs.map(find).filter(part => part !== undefined && isWhole(part)) as FrozenWeight[];
    if (attributes.axis !== 0 || parts.length !== inputs.length) return undefined;
    const rows = parts.reduce((sum, { shape }) => sum + shape[0], 0);
    const shape = [rows, parts[0]!.shape[1]] as const;
    const all = parts.flatMap(({ parts }) => parts);
    return { parts: all, shape, rows: [0, rows], columns: [0, shape[1]], transposed: false };
  },
};

const isWhole = ({ shape, rows, columns, transposed }: FrozenWeight): boolean =>
  !transposed && rows[1] - rows[0] === shape[0] && columns[1] - columns[0] === shape[1];

const numbers = (constant: Initializer | undefined): number[] | undefined =>
  constant?.bytes && constant.dtype === 'int64'
    ? [...new BigInt64Array(new Uint8Array(constant.bytes).buffer)].map(Number)
    : undefined;

/** Values of the part that is read, row by row and not transposed. */
export function readWeight(weight: FrozenWeight): Float32Array {
  const { parts, shape, rows, columns } = weight;
  const all = readStored({ parts, shape, transposed: false });
  if (columns[0] === 0 && columns[1] === shape[1]) return all.subarray(rows[0] * shape[1], rows[1] * shape[1]);
  const width = columns[1] - columns[0];
  const out = new Float32Array((rows[1] - rows[0]) * width);
  for (let row = rows[0], at = 0; row < rows[1]; row++, at += width)
    out.set(all.subarray(row * shape[1] + columns[0], row * shape[1] + columns[1]), at);
  return out;
}
