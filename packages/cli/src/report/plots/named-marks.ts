import * as Plot from '@observablehq/plot';
import { type Box, placedNames } from './placed-names.js';

/** A named point, in the plot's units. */
export interface Named {
  x: number;
  y: number;
  name: string;
  optional?: boolean;
  strong?: boolean;
}

/** The area of a plot between its axes: its size in pixels, and the values at its edges. */
export interface PlotField {
  width: number;
  height: number;
  x: readonly [number, number];
  y: readonly [number, number];
  /** In pixels. */
  taken?: readonly Box[];
}

/** The field of a plot with this size and these margins. */
export function fieldOf(
  size: { width: number; height: number },
  margins: { marginLeft: number; marginRight: number; marginTop: number; marginBottom: number },
  [x, y]: readonly [PlotField['x'], PlotField['y']],
): PlotField {
  const width = size.width - margins.marginLeft - margins.marginRight;
  return { width, height: size.height - margins.marginTop - margins.marginBottom, x, y };
}

/** A position in pixels, from the upper left corner of the field. */
export const pixels = ({ width, height, x, y }: PlotField, point: { x: number; y: number }) => ({
  x: (width * (point.x - x[0])) / (x[1] - x[0]),
  y: (height * (y[1] - point.y)) / (y[1] - y[0]),
});

/** Names next to points, with a line to those further away. */
export function namedMarks(points: readonly Named[], field: PlotField, fontSize = 12): Plot.Markish[] {
  const at = points.map(point => ({ ...point, ...pixels(field, point) }));
  const places = placedNames(at, { ...field, letter: 0.64 * fontSize });
  const unit = [(field.x[1] - field.x[0]) / field.width, (field.y[1] - field.y[0]) / field.height] as const;
  const lines = points.flatMap(({ x, y }, i) => {
    const place = places[i];
    return place?.far ? [{ x, y, toX: x + place.dx * 0.9 * unit[0], toY: y - place.dy * 0.8 * unit[1] }] : [];
  });
  return [
    Plot.link(lines, { x1: 'x', y1: 'y', x2: 'toX', y2: 'toY', stroke: 'var(--muted)', strokeOpacity: 0.7 }),
    ...points.flatMap((point, i) => {
      const place = places[i];
      if (place === undefined) return [];
      const { dx, dy, textAnchor } = place;
      return Plot.text([point], {
        ...{ x: 'x', y: 'y', text: 'name', dx, dy, textAnchor, fontSize },
        ...(point.strong ? { fontWeight: 600, fill: 'currentColor' } : { fill: 'var(--muted)' }),
        stroke: 'var(--paper)',
        strokeWidth: 3,
      });
    }),
  ];
}
