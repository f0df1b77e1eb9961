/** The position of a name relative to its point: the offset, and which end of the name is at the point. */
export interface PlacedName {
  dx: number;
  dy: number;
  textAnchor: 'start' | 'middle' | 'end';
  /** Too far from its point to be recognised as its name without a line. */
  far: boolean;
}

/** A point in pixels, with its name. */
export interface NamedPoint {
  x: number;
  y: number;
  name: string;
  /** The name may be omitted if there is no room. */
  optional?: boolean;
}

/** Left, top, right and bottom in pixels. */
export type Box = [left: number, top: number, right: number, bottom: number];

/** The space around the names. */
export interface Field {
  width: number;
  height: number;
  /** Occupied places. */
  taken?: readonly Box[];
  /** Width of a letter. Default: 7.5, that of 12 pixels in bold. */
  letter?: number;
}

/** Half of a mark, half of a line of text, and the space next to a name, in pixels. */
const mark = 5;
const tall = 7.5;
const gap = 2;

/** To the side, diagonally, above and below, at growing distances. */
const places: readonly PlacedName[] = [0, 9, 20, 33, 48, 66, 88].flatMap(away =>
  [
    [1, -0.6, 'start'],
    [1, 0.6, 'start'],
    [-1, -0.6, 'end'],
    [-1, 0.6, 'end'],
    [1, 0, 'start'],
    [-1, 0, 'end'],
    [0, -1, 'middle'],
    [0, 1, 'middle'],
  ].map(([x, y, textAnchor]) => ({
    dx: (x as number) * (9 + away * 0.7),
    dy: (y as number) * (15 + away),
    textAnchor: textAnchor as PlacedName['textAnchor'],
    far: away > 9,
  })),
);

const near = places.slice(0, 24);

/**
 * Places names so that they overlap neither each other nor the marks nor the field's edges, in the order of the points.
 * If no such place exists, an optional name gets none and a required one gets the place with the least overlap.
 */
export function placedNames(points: readonly NamedPoint[], field: Field): (PlacedName | undefined)[] {
  const marks = points.map(({ x, y }): Box => [x - mark, y - mark, x + mark, y + mark]);
  const taken: Box[] = [...marks, ...(field.taken ?? [])];
  return points.map(point => {
    const ranked = (point.optional ? near : places).map(place => {
      const box = boxOf(point, place, field.letter ?? 7.5);
      return { place, box, cost: 20 * outside(box, field) + taken.reduce((sum, one) => sum + overlap(box, one), 0) };
    });
    const best = ranked.find(({ cost }) => cost === 0) ?? ranked.reduce((a, b) => (b.cost < a.cost ? b : a));
    if (best.cost > 0 && point.optional) return undefined;
    taken.push(best.box);
    return best.place;
  });
}

function boxOf({ x, y, name }: NamedPoint, { dx, dy, textAnchor }: PlacedName, letter: number): Box {
  const width = letter * name.length;
  const left = x + dx - (textAnchor === 'start' ? 0 : textAnchor === 'end' ? width : width / 2);
  return [left - gap, y + dy - tall, left + width + gap, y + dy + tall];
}

const outside = ([left, top, right, bottom]: Box, { width, height }: Field): number =>
  Math.max(0, -left) + Math.max(0, -top) + Math.max(0, right - width) + Math.max(0, bottom - height);

/** The area that two boxes share. */
export const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
