/** Round numbers between two values, about four of them. */
export function ticks(low: number, high: number, count = 4): number[] {
  const raw = (high - low) / count;
  if (!(raw > 0)) return [low];
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 2.5, 5, 10].map(factor => factor * power).find(one => one >= raw)!;
  const found: number[] = [];
  for (let value = Math.ceil(low / step) * step; value <= high + step * 1e-9; value += step)
    found.push(Number(value.toPrecision(12)));
  return found;
}

/** Minimum and maximum of the values, with a margin; never an empty range. */
export function range(values: readonly number[], margin = 0.06): [low: number, high: number] {
  const finite = values.filter(Number.isFinite);
  if (finite.length === 0) return [0, 1];
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const room = (high - low || Math.abs(high) || 1) * margin;
  return [low - room, high + room];
}

/** Text of a tick, with as many decimals as its neighbours need. */
export function tickText(value: number, all: readonly number[]): string {
  const step = all.length > 1 ? all[1]! - all[0]! : Math.abs(value) || 1;
  const decimals = [0, 1, 2, 3].find(count => Math.abs(step * 10 ** count - Math.round(step * 10 ** count)) < 1e-6);
  return value.toFixed(decimals ?? 3);
}
