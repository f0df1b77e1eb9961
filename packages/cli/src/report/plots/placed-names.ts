/** The position of a name beside a point: its offset, and which end of it is at the point. */
export interface PlacedName {
  dx: number;
  dy: number;
  textAnchor: 'start' | 'middle' | 'end';
}

/** A point in pixels, with its name. */
export interface NamedPoint {
  x: number;
  y: number;
  name: string;
}

/** Places around a point, the best first. */
const places: readonly PlacedName[] = [
  { dx: 9, dy: -9, textAnchor: 'start' },
  { dx: 9, dy: 10, textAnchor: 'start' },
  { dx: -9, dy: -9, textAnchor: 'end' },
  { dx: -9, dy: 10, textAnchor: 'end' },
  { dx: 11, dy: 0, textAnchor: 'start' },
  { dx: -11, dy: 0, textAnchor: 'end' },
  { dx: 0, dy: -15, textAnchor: 'middle' },
  { dx: 0, dy: 16, textAnchor: 'middle' },
  { dx: 9, dy: -24, textAnchor: 'start' },
  { dx: 9, dy: 25, textAnchor: 'start' },
];

/** Half of a mark, half of a letter's height, and a letter's width, in pixels. */
const mark = 6;
const tall = 7;
const letter = 7;

type Box = [left: number, top: number, right: number, bottom: number];

/** Places for names so that they overlap as little as possible with each other, the marks and the field's edges. */
export function placedNames(points: readonly NamedPoint[], [width, height]: [number, number]): PlacedName[] {
  const marks = points.map(({ x, y }): Box => [x - mark, y - mark, x + mark, y + mark]);
  const taken: Box[] = [];
  return points.map(point => {
    const ranked = places.map(place => {
      const box = boxOf(point, place);
      const outside =
        Math.max(0, -box[0]) + Math.max(0, -box[1]) + Math.max(0, box[2] - width) + Math.max(0, box[3] - height);
      const hidden = [...marks, ...taken].reduce((sum, other) => sum + overlap(box, other), 0);
      return { place, box, cost: hidden + 20 * outside };
    });
    const best = ranked.reduce((a, b) => (b.cost < a.cost ? b : a));
    taken.push(best.box);
    return best.place;
  });
}

function boxOf({ x, y, name }: NamedPoint, { dx, dy, textAnchor }: PlacedName): Box {
  const width = letter * name.length;
  const left = x + dx - (textAnchor === 'start' ? 0 : textAnchor === 'end' ? width : width / 2);
  return [left, y + dy - tall, left + width, y + dy + tall];
}

const overlap = (a: Box, b: Box): number =>
  Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0])) * Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
