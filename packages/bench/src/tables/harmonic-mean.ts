/** 2·b·n / (b + n), and 0 if both are 0. */
export function harmonicMean(base: number, fresh: number): number {
  return base + fresh === 0 ? 0 : (2 * base * fresh) / (base + fresh);
}
