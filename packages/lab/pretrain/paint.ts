import { side } from './render.js';

const area = side * side;

/** Red, green and blue in [0, 1]. */
export type Colour = [number, number, number];

/** A colour from hue (turns), saturation and lightness in [0, 1]. */
export function hsl(h: number, s: number, l: number): Colour {
  const a = s * Math.min(l, 1 - l);
  const channel = (n: number): number => {
    const k = (n + h * 12) % 12;
    return l - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

const luminance = (c: Colour): number => 0.3 * c[0] + 0.59 * c[1] + 0.11 * c[2];

/** The distance of two colours: 0 for equal ones, about 1 for black and white. */
export const contrast = (a: Colour, b: Colour): number =>
  0.6 * Math.abs(luminance(a) - luminance(b)) +
  0.4 * Math.sqrt(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2) / 3);

/** The background of a drawing: one colour, or a gradient between two. */
export interface Ground {
  from: Colour;
  to: Colour;
  /** Direction of the gradient in radians. */
  angle: number;
}

/** A ground as in the tasks (white, plain colours of medium to high lightness) or a more unusual one. */
export function randomGround(random: () => number): Ground {
  const plain = (from: Colour): Ground => ({ from, to: from, angle: 0 });
  const kind = random();
  if (kind < 0.25) return plain([1, 1, 1]);
  if (kind < 0.7) return plain(hsl(random(), 0.2 + 0.75 * random(), 0.42 + 0.5 * random()));
  if (kind < 0.78) return plain(hsl(random(), 0.3 * random(), random()));
  const from: Colour = hsl(random(), random(), 0.1 + 0.85 * random());
  const to: Colour = [0, 1, 2]
    .map(c => from[c]! + (random() - 0.5) * 0.6)
    .map(v => Math.min(1, Math.max(0, v))) as Colour;
  return { from, to, angle: 2 * Math.PI * random() };
}

/** Colours of things: a drawing's lines and the areas they enclose. */
function drawingColour(random: () => number): Colour {
  const kind = random();
  if (kind < 0.15) return [0.05 * random(), 0.05 * random(), 0.05 * random()];
  if (kind < 0.22) return [1, 1, 1];
  if (kind < 0.4) return hsl(0.03 + 0.12 * random(), 0.3 + 0.5 * random(), 0.2 + 0.55 * random()); // wood, fur, skin
  return hsl(random(), 0.35 + 0.65 * random(), 0.25 + 0.5 * random());
}

function contrasting(ground: Ground, random: () => number): Colour {
  let best: Colour = [0, 0, 0];
  let most = -1;
  for (let i = 0; i < 6; i++) {
    const colour = drawingColour(random);
    const far = Math.min(contrast(colour, ground.from), contrast(colour, ground.to));
    if (far > 0.3) return colour;
    if (far > most) [best, most] = [colour, far];
  }
  return most > 0.15 ? best : luminance(ground.from) > 0.5 ? [0, 0, 0] : [1, 1, 1];
}

/**
 * Colours a monochrome icon: its lines in one colour or a gradient of two, and often the areas they enclose in others,
 * which brings outlines closer to coloured drawings.
 *
 * @param picture planes of alpha and of enclosed areas, see `bytesOf`
 * @param out [64, 64, 4] premultiplied, overwritten
 */
export function paintMonochrome(picture: Uint8Array, ground: Ground, random: () => number, out: Float32Array): void {
  const first = contrasting(ground, random);
  const ramp = random() < 0.3;
  const second = ramp ? contrasting(ground, random) : first;
  const angle = 2 * Math.PI * random();
  const [dx, dy] = [Math.cos(angle) / side, Math.sin(angle) / side];
  const filled = random() < 0.6;
  const fillings: Colour[] = [
    drawingColour(random),
    drawingColour(random),
    drawingColour(random),
    drawingColour(random),
  ];
  const shades = random() < 0.5 ? 1 : 4;
  for (let i = 0; i < area; i++) {
    const a = picture[i]! / 255;
    const label = picture[area + i]!;
    const inside = filled && label > 0 ? 1 - a : 0;
    const o = 4 * i;
    if (a === 0 && inside === 0) {
      out[o] = 0;
      out[o + 1] = 0;
      out[o + 2] = 0;
      out[o + 3] = 0;
      continue;
    }
    const f = fillings[label % shades]!;
    const t = ramp
      ? Math.min(1, Math.max(0, 0.5 + ((i % side) - side / 2) * dx + (((i / side) | 0) - side / 2) * dy))
      : 0;
    out[o] = a * (first[0] + t * (second[0] - first[0])) + inside * f[0];
    out[o + 1] = a * (first[1] + t * (second[1] - first[1])) + inside * f[1];
    out[o + 2] = a * (first[2] + t * (second[2] - first[2])) + inside * f[2];
    out[o + 3] = a + inside;
  }
}

/** Premultiplies a coloured drawing; `out` is [64, 64, 4]. */
export function paintColoured(picture: Uint8Array, out: Float32Array): void {
  for (let o = 0; o < 4 * area; o += 4) {
    const a = picture[o + 3]! / 255;
    out[o] = (picture[o]! / 255) * a;
    out[o + 1] = (picture[o + 1]! / 255) * a;
    out[o + 2] = (picture[o + 2]! / 255) * a;
    out[o + 3] = a;
  }
}
