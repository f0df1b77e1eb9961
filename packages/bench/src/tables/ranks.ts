/**
 * Which methods are best and second best in a column; equal to the digit that is shown counts as equal. Nothing is marked of one method alone,
 * and no second of two.
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
