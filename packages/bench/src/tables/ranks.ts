/**
 * The best and second-best methods of a column; values that print the same are equal. A single method is not marked,
 * and of two methods only the best is.
 */
export function ranksOf(
  methods: readonly string[],
  value: (method: string) => number | undefined,
  digits: number,
): Map<string, 'best' | 'second'> {
  const shown = methods.flatMap(method => {
    const number = value(method);
    return number === undefined ? [] : [{ method, text: number.toFixed(digits) }];
  });
  if (shown.length < 2) return new Map();
  const [best, second] = [...new Set(shown.map(({ text }) => Number(text)))].sort((a, b) => b - a);
  return new Map(
    shown.flatMap(({ method, text }): [string, 'best' | 'second'][] => {
      if (Number(text) === best) return [[method, 'best']];
      return Number(text) === second && shown.length > 2 ? [[method, 'second']] : [];
    }),
  );
}
