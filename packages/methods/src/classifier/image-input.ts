import { graphBuilder, type PortableGraph } from '@dgprompt/engine/portable';
import { type FullPreparation, fullPreparation, type Preparation, pillow } from '@dgprompt/images';

type Builder = ReturnType<typeof graphBuilder>;

/** Fraction bits of Pillow's fixed-point weights, split here into two numbers of half as many bits. */
const precision = 22;
const half = 11;

/**
 * The graph from a uint8 RGB image of any size, [height, width, 3], to a CLIP's pixels, [1, 3, R, R]: resize with
 * Pillow's antialiased filter, crop the central square, normalise. It matches `evalPixels` bit for bit: the filter is
 * computed in double precision as in Pillow, rounded to 22 bits, and applied as matrix products whose integer sums
 * float32 holds exactly.
 *
 * @param pixels name of the output value
 * @throws one sentence if the preparation adds a border
 */
export function imageInput(
  preparation: Preparation,
  pixels: string,
): Pick<PortableGraph, 'nodes' | 'constants' | 'inputs'> {
  const full = fullPreparation(preparation);
  const { resize, mean, std } = full;
  if (resize === 'longest')
    throw new Error(
      'This CLIP adds a border to its images, which an exported file with the input "image" cannot do: export with the input "pixels".',
    );
  const builder = graphBuilder('image');
  const { add, constant, cast } = builder;
  const int = (value: number) => constant(value, 'int64');
  const size = add('Shape', ['image']); // [3]: height, width, 3
  const height = add('Gather', [size, int(0)], { axis: 0 });
  const width = add('Gather', [size, int(1)], { axis: 0 });

  // Only the central square is computed.
  const channels = cast(add('Transpose', ['image'], { perm: [2, 0, 1] }), 'float32'); // [3, H, W]
  const across = resampling(builder, width, height, full);
  const down = resampling(builder, height, width, full);
  const narrowed = (x: string) =>
    rounded(builder, part => add('MatMul', [x, add('Transpose', [part], { perm: [1, 0] })]), across.weights);
  const lowered = (x: string) => rounded(builder, part => add('MatMul', [part, x]), down.weights);
  const widthFirst = lowered(narrowed(channels)); // [3, H, R], [3, R, R]
  const square =
    pillow() === 12
      ? widthFirst
      : add('Where', [losesHeight(builder, down, across), narrowed(lowered(channels)), widthFirst]);

  const shares = add('Div', [square, constant(255, 'float32')]); // in float32 step by step, as in `normalise`
  const centred = add('Sub', [shares, perChannel(builder, mean)]);
  const normal = add('Div', [centred, perChannel(builder, std)]);
  add('Unsqueeze', [normal, constant([0], 'int64')], {}, pixels); // [1, 3, R, R]
  return {
    nodes: builder.nodes,
    constants: builder.constants,
    inputs: [{ name: 'image', dtype: 'uint8', shape: ['height', 'width', 3] }],
  };
}

const perChannel = ({ add, constant }: Builder, values: readonly number[]): string =>
  add('Reshape', [constant([...values], 'float32'), constant([3, 1, 1], 'int64')]);

interface Resampling {
  weights: Weights;
  /** How many pixels the side loses, a scalar. */
  lost: string;
}

/** Pillow 13 starts with the height if it loses more than twice as many pixels as the width; see `resize`. */
function losesHeight({ add, constant }: Builder, down: Resampling, across: Resampling): string {
  const shrinks = add('Less', [constant(0, 'float64'), down.lost]);
  return add('And', [shrinks, add('Less', [add('Mul', [across.lost, constant(2, 'float64')]), down.lost])]);
}

/** The filter's weights as integers, weight = upper · 2¹¹ + lower: [R, from] each, float32. */
interface Weights {
  upper: string;
  lower: string;
}

/**
 * Pillow's filter as a matrix, from `from` pixels to those of the resized side inside the central square of R
 * (`resizeShortSide` and `centreCrop` of @dgprompt/images).
 * @param other length of the image's other side: the shorter of the two becomes the short side, unless both become R
 */
function resampling(
  { add, constant, cast }: Builder,
  from: string,
  other: string,
  { size: side, shortSide, resize, interpolation }: FullPreparation,
): Resampling {
  const double = (value: number) => constant(value, 'float64');
  const shorter = add('Min', [from, other]);
  // integer division rounds down
  const to =
    resize === 'squash'
      ? double(side)
      : cast(add('Div', [add('Mul', [from, constant(shortSide, 'int64')]), shorter]), 'float64');
  const length = cast(from, 'float64');
  const scale = add('Div', [length, to]);
  const stretch = add('Max', [scale, double(1)]);
  const support = add('Mul', [stretch, double(interpolation === 'bicubic' ? 2 : 1)]);
  const cut = add('Round', [add('Mul', [add('Sub', [to, double(side)]), double(0.5)])]); // half to even
  const places = add('Add', [
    constant(
      Array.from({ length: side }, (_, i) => i),
      'float64',
    ),
    cut,
  ]);
  const column = add('Unsqueeze', [places, constant([1], 'int64')]); // [R, 1]
  const centre = add('Mul', [add('Add', [column, double(0.5)]), scale]);
  const start = add('Floor', [add('Add', [add('Sub', [centre, support]), double(0.5)])]);
  const end = add('Floor', [add('Add', [add('Add', [centre, support]), double(0.5)])]);

  const zero = constant(0, 'int64');
  const position = cast(add('Range', [zero, from, constant(1, 'int64')]), 'float64'); // [from]
  const inside = add('And', [add('Not', [add('Less', [position, start])]), add('Less', [position, end])]); // [R, from]
  const filter = interpolation === 'bicubic' ? bicubic : bilinear;
  const distance = add('Abs', [
    add('Mul', [add('Add', [add('Sub', [position, centre]), double(0.5)]), add('Div', [double(1), stretch])]),
  ]);
  const exact = add('Mul', [filter({ add, constant, cast } as Builder, distance), cast(inside, 'float64')]);
  const sum = add('ReduceSum', [exact, constant([1], 'int64')], { keepdims: 1 });
  const fixed = add('Mul', [add('Div', [exact, sum]), double(2 ** precision)]);
  const whole = add('Mul', [add('Sign', [fixed]), add('Floor', [add('Add', [add('Abs', [fixed]), double(0.5)])])]);
  const upper = add('Round', [add('Mul', [whole, double(2 ** -half)])]);
  const lower = add('Sub', [whole, add('Mul', [upper, double(2 ** half)])]);
  const lost = add('Sub', [length, to]);
  return { weights: { upper: cast(upper, 'float32'), lower: cast(lower, 'float32') }, lost };
}

/** Pillow's bicubic filter, a = -0.5, for distances of at least 0. */
function bicubic({ add, constant }: Builder, x: string): string {
  const double = (value: number) => constant(value, 'float64');
  const a = -0.5;
  // ((a + 2)x − (a + 3))x² + 1 below 1, (((x − 5)x + 8)x − 4)a below 2
  const near = add('Add', [
    add('Mul', [add('Mul', [add('Sub', [add('Mul', [double(a + 2), x]), double(a + 3)]), x]), x]),
    double(1),
  ]);
  const far = add('Mul', [
    add('Sub', [add('Mul', [add('Add', [add('Mul', [add('Sub', [x, double(5)]), x]), double(8)]), x]), double(4)]),
    double(a),
  ]);
  const beyond = add('Where', [add('Less', [x, double(2)]), far, double(0)]);
  return add('Where', [add('Less', [x, double(1)]), near, beyond]);
}

/** Pillow's bilinear filter, for distances of at least 0. */
function bilinear({ add, constant }: Builder, x: string): string {
  return add('Max', [add('Sub', [constant(1, 'float64'), x]), constant(0, 'float64')]);
}

/** A product with the filter, rounded and clipped to 0 … 255 as in Pillow: (sum + 2²¹) >> 22, in int32. */
function rounded({ add, constant, cast }: Builder, product: (part: string) => string, weights: Weights): string {
  const int = (value: number) => constant(value, 'int32');
  const [upper, lower] = [weights.upper, weights.lower].map(part => cast(product(part), 'int32'));
  const sum = add('Add', [add('Add', [add('Mul', [upper!, int(2 ** half)]), lower!]), int(2 ** (precision - 1))]);
  const positive = add('Max', [sum, int(0)]);
  return cast(add('Min', [add('Div', [positive, int(2 ** precision)]), int(255)]), 'float32');
}
