import { useEffect, useRef, useState } from 'preact/hooks';
import styles from './line-chart.module.css';
import { Mark } from './mark.js';
import { range, ticks, tickText } from './scale.js';
import type { Look } from './series.js';

export interface Series {
  id: string;
  title: string;
  look: Look;
  /** x from 0 to 1. */
  points: readonly { x: number; y: number }[];
}

interface Props {
  title: string;
  label: string;
  xLabel: string;
  series: readonly Series[];
  /** Highest meaningful value. */
  most?: number;
}

const height = 190;
const frame = { left: 38, right: 10, top: 8, bottom: 30 };

/** Lines of several methods, as wide as the space allows. */
export function LineChart({ title, label, xLabel, series, most }: Props) {
  const [box, width] = useWidth();
  const values = series.flatMap(({ points }) => points.map(({ y }) => y));
  const [low, top] = range(values);
  const least = Math.max(0, low);
  const high = most === undefined ? top : Math.min(most, top);
  const marks = ticks(least, high);
  const x = (value: number) => frame.left + value * (width - frame.left - frame.right);
  const y = (value: number) =>
    height - frame.bottom - ((value - least) / (high - least || 1)) * (height - frame.top - frame.bottom);
  return (
    <figure class={styles.figure} ref={box}>
      <figcaption class={styles.caption}>{title}</figcaption>
      <svg class={styles.chart} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
        {marks.map(value => (
          <g key={value}>
            <line class={styles.grid} x1={frame.left} x2={width - frame.right} y1={y(value)} y2={y(value)} />
            <text x={frame.left - 8} y={y(value)} text-anchor="end" dominant-baseline="central">
              {tickText(value, marks)}
            </text>
          </g>
        ))}
        {[0, 0.5, 1].map(value => (
          <text
            key={value}
            x={x(value)}
            y={height - 12}
            text-anchor={value === 0 ? 'start' : value === 1 ? 'end' : 'middle'}
          >
            {value === 0.5 ? xLabel : `${100 * value} %`}
          </text>
        ))}
        {series.map(({ id, look, points }) => (
          <g key={id}>
            <polyline
              points={points.map(point => `${x(point.x)},${y(point.y)}`).join(' ')}
              fill="none"
              stroke={look.color}
              stroke-width="2"
              stroke-linejoin="round"
              stroke-dasharray={look.dash}
            />
            {marked(points).map(point => (
              <Mark key={point.x} look={look} x={x(point.x)} y={y(point.y)} />
            ))}
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** The points with a mark: about five of them, always including the last one. */
function marked<P>(points: readonly P[]): P[] {
  const every = Math.max(1, Math.ceil(points.length / 5));
  return points.filter((_, i) => (points.length - 1 - i) % every === 0);
}

function useWidth() {
  const box = useRef<HTMLElement>(null);
  const [width, setWidth] = useState(360);
  useEffect(() => {
    if (!box.current) return;
    const observer = new ResizeObserver(([entry]) => setWidth(Math.max(200, Math.round(entry!.contentRect.width))));
    observer.observe(box.current);
    return () => observer.disconnect();
  }, []);
  return [box, width] as const;
}
