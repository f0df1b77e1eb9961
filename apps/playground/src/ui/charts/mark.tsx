import type { Look } from './series.js';

const paths: Record<Look['mark'], string> = {
  circle: 'M-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0z',
  square: 'M-3.2-3.2h6.4v6.4h-6.4z',
  triangle: 'M0-4.2L4 3.2H-4z',
  diamond: 'M0-4.6L4.2 0 0 4.6-4.2 0z',
  cross: 'M-3-3L3 3M3-3L-3 3',
  ring: 'M-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0z',
};

/** A method's mark at a point of a chart. */
export const Mark = ({ look, x = 0, y = 0 }: { look: Look; x?: number; y?: number }) => {
  const open = look.mark === 'cross' || look.mark === 'ring';
  return (
    <path
      d={paths[look.mark]}
      transform={`translate(${x} ${y})`}
      fill={open ? 'none' : look.color}
      stroke={open ? look.color : 'none'}
      stroke-width="2"
    />
  );
};

/** A method's mark next to its name. */
export const Swatch = ({ look }: { look: Look }) => (
  <svg width="26" height="12" viewBox="-13 -6 26 12" aria-hidden="true" style={{ flex: 'none' }}>
    <line x1="-13" x2="13" stroke={look.color} stroke-width="2" stroke-dasharray={look.dash} />
    <Mark look={look} />
  </svg>
);
