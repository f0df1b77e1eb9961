/** How a method is drawn, never distinguished by colour alone. */
export interface Look {
  color: string;
  dash: string;
  mark: (typeof marks)[number];
}

const marks = ['circle', 'square', 'triangle', 'diamond', 'cross', 'ring'] as const;
const dashes = ['none', '7 4', '2 4', '10 4 2 4', '4 3', '12 5'];
const first = ['clip', 'coop', 'maple', 'dgprompt'];
const colors = 8;

/** The style of a method, the same wherever it appears and whatever else is trained. */
export function lookOf(id: string, all: readonly string[]): Look {
  const others = all.filter(one => !first.includes(one));
  const at = first.includes(id) ? first.indexOf(id) : first.length + Math.max(0, others.indexOf(id));
  return {
    color: `var(--series-${at < colors ? at : 1 + ((at - 1) % (colors - 1))})`,
    dash: dashes[at < first.length ? Math.max(0, at - 1) : at % dashes.length]!,
    mark: marks[at % marks.length]!,
  };
}
