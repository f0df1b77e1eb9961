/** A smooth function's value and gradient at a point. */
export type ValueAndGradient = (x: Float64Array) => Promise<{ value: number; gradient: Float64Array }>;

export interface LbfgsOptions {
  /** Maximum number of iterations. Default: 1000 */
  iterations?: number;
  /** Stops when no entry of the gradient is larger. Default: 2e-6 */
  tolerance?: number;
  /** Steps whose curvature is kept. Default: 10 */
  memory?: number;
  signal?: AbortSignal;
}

export interface Minimum {
  x: Float64Array;
  value: number;
  /** The largest entry of the gradient at `x`. */
  gradient: number;
  iterations: number;
}

/**
 * Minimises a smooth function by L-BFGS (Liu & Nocedal, 1989), with a line search for the weak Wolfe conditions.
 *
 * @param f may be computed in float32: the search ends when rounding leaves no step that lowers it
 * @param start the starting point; it is not modified
 * @throws the signal's reason when aborted
 */
export async function lbfgs(
  f: ValueAndGradient,
  start: Float64Array,
  { iterations = 1000, tolerance = 2e-6, memory = 10, signal }: LbfgsOptions = {},
): Promise<Minimum> {
  let x: Float64Array = Float64Array.from(start);
  let { value, gradient } = await f(x);
  const pairs: { step: Float64Array; change: Float64Array; curvature: number }[] = [];
  let done = 0;
  for (; done < iterations && largest(gradient) > tolerance; done++) {
    signal?.throwIfAborted();
    let direction = descent(gradient, pairs);
    if (dot(direction, gradient) >= 0) {
      pairs.length = 0;
      direction = gradient.map(g => -g);
    }
    const first = pairs.length > 0 ? 1 : Math.min(1, 1 / norm(gradient));
    const next = await search(f, { x, value, gradient, direction, first });
    if (!next) break;
    const step: Float64Array = next.x.map((v, i) => v - x[i]!);
    const change = next.gradient.map((g, i) => g - gradient[i]!);
    const curvature = dot(step, change);
    if (curvature > 1e-12 * dot(change, change)) pairs.push({ step, change, curvature });
    if (pairs.length > memory) pairs.shift();
    ({ x, value, gradient } = next);
  }
  return { x, value, gradient: largest(gradient), iterations: done };
}

/** −H·g, by two loops over the kept steps. */
function descent(
  gradient: Float64Array,
  pairs: { step: Float64Array; change: Float64Array; curvature: number }[],
): Float64Array {
  const q = Float64Array.from(gradient);
  const shares = pairs.map(() => 0);
  for (let k = pairs.length - 1; k >= 0; k--) {
    const { step, change, curvature } = pairs[k]!;
    shares[k] = dot(step, q) / curvature;
    for (let i = 0; i < q.length; i++) q[i]! -= shares[k]! * change[i]!;
  }
  const last = pairs.at(-1);
  const scale = last ? last.curvature / dot(last.change, last.change) : 1;
  for (let i = 0; i < q.length; i++) q[i]! *= scale;
  pairs.forEach(({ step, change, curvature }, k) => {
    const correction = shares[k]! - dot(change, q) / curvature;
    for (let i = 0; i < q.length; i++) q[i]! += correction * step[i]!;
  });
  return q.map(v => -v);
}

interface From {
  x: Float64Array;
  value: number;
  gradient: Float64Array;
  direction: Float64Array;
  /** The step to try first. */
  first: number;
}

/**
 * A step that lowers the function enough (Armijo) and is long enough (curvature), by doubling and halving. Near the
 * minimum the values are equal in float32, and the slope decides, as in Hager & Zhang's approximate Wolfe conditions
 * (2005).
 */
async function search(f: ValueAndGradient, { x, value, gradient, direction, first }: From) {
  const slope = dot(gradient, direction);
  let low = 0;
  let high = Number.POSITIVE_INFINITY;
  let size = first;
  let lower: { x: Float64Array; value: number; gradient: Float64Array } | undefined;
  for (let tries = 0; tries < 30; tries++) {
    const at = x.map((v, i) => v + size * direction[i]!);
    const there = { x: at, ...(await f(at)) };
    const slopeThere = dot(there.gradient, direction);
    const level = there.value <= value + 1e-6 * Math.abs(value) && slopeThere <= -0.8 * slope;
    if (there.value <= value + 1e-4 * size * slope || level) {
      lower = there;
      if (slopeThere >= 0.9 * slope) return there;
      low = size;
    } else high = size;
    size = high === Number.POSITIVE_INFINITY ? 2 * size : (low + high) / 2;
  }
  return lower;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

const norm = (a: Float64Array) => Math.sqrt(dot(a, a));

const largest = (a: Float64Array) => a.reduce((most, x) => Math.max(most, Math.abs(x)), 0);
