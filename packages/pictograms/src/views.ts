/** Side of a view in pixels. */
export const viewSize = 64;

/** Side in pixels at which a picture is drawn once; its views are made from this raster. */
export const rasterSize = 128;

/** Number of this recipe. Increment it with every change below: views from another recipe are different data. */
export const viewRecipe = 1;

/** Background of a view, and size and position of its picture. */
export interface View {
  /** Colour of the background: red, green and blue in 0…255. */
  ground: [number, number, number];
  /** The picture's side in pixels, at most `viewSize`. */
  side: number;
  /** Left edge in pixels. */
  x: number;
  /** Top edge in pixels. */
  y: number;
}

/**
 * The appearance of view `number` of a picture: a pure function, so that a split file's paths determine the pixels.
 *
 * View 0 is plain, centred on white. The others have a coloured background of medium to high lightness (outlines are
 * black in some styles), with the picture at 55 to 100 % of the size, shifted within the frame.
 *
 * @param picture any string that names the picture
 */
export function viewOf(picture: string, number: number): View {
  if (number === 0) {
    const side = Math.round(viewSize * 0.92);
    const edge = (viewSize - side) / 2;
    return { ground: [255, 255, 255], side, x: edge, y: edge };
  }
  const next = randomFrom(`${picture}#${number}`);
  const side = Math.round(viewSize * (0.55 + 0.45 * next()));
  return {
    ground: colour(360 * next(), 0.25 + 0.65 * next(), 0.45 + 0.45 * next()),
    side,
    x: Math.round((viewSize - side) * next()),
    y: Math.round((viewSize - side) * next()),
  };
}

/** A generator of numbers in [0, 1), seeded by a string: FNV-1a for the seed, then mulberry32. */
export function randomFrom(seed: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(seed)) state = Math.imul(state ^ byte, 0x01000193);
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * Draws a view: averages the picture down to its size and puts it on the background.
 *
 * @param picture from `premultiplied`, rasterSize × rasterSize × 4
 * @returns RGB bytes, viewSize × viewSize × 3
 */
export function drawView(picture: Float32Array, { ground, side, x, y }: View): Uint8Array {
  const small = shrink(picture, rasterSize, side); // [side, side, 4]
  const pixels = new Uint8Array(viewSize * viewSize * 3); // [viewSize, viewSize, 3]
  for (let i = 0; i < pixels.length; i++) pixels[i] = ground[i % 3]!;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      const from = (row * side + column) * 4;
      const to = ((Math.floor(y) + row) * viewSize + Math.floor(x) + column) * 3;
      const through = 1 - small[from + 3]! / 255;
      for (let c = 0; c < 3; c++) pixels[to + c] = Math.min(255, Math.round(small[from + c]! + ground[c]! * through));
    }
  }
  return pixels;
}

/**
 * Multiplies a raster's colours by opacity, so that averaging does not mix in colours of invisible pixels.
 *
 * @param raster straight RGBA bytes, in 0…255
 * @returns values in 0…255 of the same shape
 */
export function premultiplied(raster: Uint8Array): Float32Array {
  const out = new Float32Array(raster.length);
  for (let i = 0; i < raster.length; i += 4) {
    const opacity = raster[i + 3]! / 255;
    for (let c = 0; c < 3; c++) out[i + c] = raster[i + c]! * opacity;
    out[i + 3] = raster[i + 3]!;
  }
  return out;
}

/** Averages a square [from, from, 4] down to [to, to, 4], each target pixel over exactly the area it covers. */
function shrink(pixels: Float32Array, from: number, to: number): Float32Array {
  const across = new Float32Array(from * to * 4); // [from, to, 4]
  average(pixels, across, from, to, { line: from * 4, step: 4 }, { line: to * 4, step: 4 }, from);
  const small = new Float32Array(to * to * 4); // [to, to, 4]
  average(across, small, from, to, { line: 4, step: to * 4 }, { line: 4, step: to * 4 }, to);
  return small;
}

interface Stride {
  line: number;
  step: number;
}

function average(a: Float32Array, b: Float32Array, from: number, to: number, sa: Stride, sb: Stride, lines: number) {
  const ratio = from / to;
  for (let line = 0; line < lines; line++) {
    for (let i = 0; i < to; i++) {
      const start = i * ratio;
      const end = Math.min(from, start + ratio);
      const target = line * sb.line + i * sb.step;
      for (let k = Math.floor(start); k < end; k++) {
        const weight = (Math.min(end, k + 1) - Math.max(start, k)) / ratio;
        const source = line * sa.line + k * sa.step;
        for (let c = 0; c < 4; c++) b[target + c] = b[target + c]! + weight * a[source + c]!;
      }
    }
  }
}

/** A colour of hue (degrees), saturation and lightness (0…1) as bytes. */
function colour(hue: number, saturation: number, lightness: number): [number, number, number] {
  const reach = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue / 30) % 12;
    return Math.round(255 * (lightness - reach * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}
