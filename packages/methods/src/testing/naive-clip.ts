/**
 * CLIP on plain arrays of numbers, one token at a time: no shared prefix, whole token rows, no shortcuts. Only for
 * tests, as the reference for the fast towers.
 */
export type Vector = number[];
export type Matrix = number[][];

/** Parameters by their OpenAI names. */
export type Parameters = Map<string, { shape: number[]; data: Float32Array }>;

export interface NaiveBlock {
  parameters: Parameters;
  /** `transformer.resblocks.0`, `visual.transformer.resblocks.0`, … */
  name: string;
  heads: number;
  causal: boolean;
}

export const add = (a: Vector, b: Vector): Vector => a.map((x, i) => x + b[i]!);
export const dot = (a: Vector, b: Vector): number => a.reduce((sum, x, i) => sum + x * b[i]!, 0);

/** The rows of a stored matrix; a tensor of more dimensions is flattened to [first, rest]. */
export function matrix(parameters: Parameters, name: string): Matrix {
  const stored = parameters.get(name)!;
  const { shape, data } = stored;
  if (!matrices.has(stored)) {
    const width = data.length / shape[0]!;
    const rows = Array.from({ length: shape[0]! }, (_, row) => [...data.subarray(row * width, (row + 1) * width)]);
    matrices.set(stored, rows);
  }
  return matrices.get(stored)!;
}

const matrices = new WeakMap<object, Matrix>();

export function vector(parameters: Parameters, name: string): Vector {
  return [...parameters.get(name)!.data];
}

/** x·A, with A [in, out]. */
export function times(x: Vector, a: Matrix): Vector {
  return a[0]!.map((_, j) => x.reduce((sum, xi, i) => sum + xi * a[i]![j]!, 0));
}

/** A·x + b, with A [out, in] as PyTorch's linear layers are stored. */
export function linear(x: Vector, a: Matrix, b: Vector): Vector {
  return a.map((row, i) => dot(row, x) + b[i]!);
}

/** Layer norm without scale and shift. */
export function normed(x: Vector): Vector {
  const mean = x.reduce((sum, xi) => sum + xi, 0) / x.length;
  const variance = x.reduce((sum, xi) => sum + (xi - mean) ** 2, 0) / x.length;
  return x.map(xi => (xi - mean) / Math.sqrt(variance + 1e-5));
}

export function layerNorm(parameters: Parameters, name: string, x: Vector): Vector {
  const [weight, bias] = [vector(parameters, `${name}.weight`), vector(parameters, `${name}.bias`)];
  return normed(x).map((xi, i) => xi * weight[i]! + bias[i]!);
}

export function softmax(x: Vector): Vector {
  const highest = Math.max(...x);
  const powers = x.map(xi => Math.exp(xi - highest));
  const total = powers.reduce((sum, p) => sum + p, 0);
  return powers.map(p => p / total);
}

export function unit(x: Vector): Vector {
  const length = Math.sqrt(dot(x, x));
  return x.map(xi => xi / length);
}

/** Attention: the weighted mean of the values for each query. */
export function attend(queries: Matrix, keys: Matrix, values: Matrix, causal = false): Matrix {
  return queries.map((query, i) => {
    const seen = causal ? keys.slice(0, i + 1) : keys;
    const weights = softmax(seen.map(key => dot(query, key) / Math.sqrt(query.length)));
    return values[0]!.map((_, j) => weights.reduce((sum, w, t) => sum + w * values[t]![j]!, 0));
  });
}

/** One residual attention block with QuickGELU. */
export function block(tokens: Matrix, { parameters, name, heads, causal }: NaiveBlock): Matrix {
  const width = tokens[0]!.length;
  const depth = width / heads;
  const [inWeight, inBias] = [
    matrix(parameters, `${name}.attn.in_proj_weight`),
    vector(parameters, `${name}.attn.in_proj_bias`),
  ];
  // [N, 3D]
  const projected = tokens.map(token => linear(layerNorm(parameters, `${name}.ln_1`, token), inWeight, inBias));
  const mixed = tokens.map((): Vector => []);
  for (let h = 0; h < heads; h++) {
    const part = (which: number) =>
      projected.map(p => p.slice(which * width + h * depth, which * width + (h + 1) * depth));
    attend(part(0), part(1), part(2), causal).forEach((read, i) => {
      mixed[i]!.push(...read);
    });
  }
  const [out, outBias] = [
    matrix(parameters, `${name}.attn.out_proj.weight`),
    vector(parameters, `${name}.attn.out_proj.bias`),
  ];
  const [up, upBias] = [matrix(parameters, `${name}.mlp.c_fc.weight`), vector(parameters, `${name}.mlp.c_fc.bias`)];
  const [down, downBias] = [
    matrix(parameters, `${name}.mlp.c_proj.weight`),
    vector(parameters, `${name}.mlp.c_proj.bias`),
  ];
  return tokens.map((token, i) => {
    const attended = add(token, linear(mixed[i]!, out, outBias));
    const hidden = linear(layerNorm(parameters, `${name}.ln_2`, attended), up, upBias);
    const active = hidden.map(x => x / (1 + Math.exp(-1.702 * x)));
    return add(attended, linear(active, down, downBias));
  });
}
