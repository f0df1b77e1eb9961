import { inverseCosines } from './idct.js';

/** A Huffman code: values by length and bits. */
export interface HuffmanCode {
  /** Codes of at most eight bits, by the bits that follow: length << 8 | value; 0 for longer ones. */
  short: Uint16Array;
  /** By length: the largest code, and the offset from a code to its position in `values`. */
  largest: Int32Array;
  offset: Int32Array;
  values: Uint8Array;
}

/** A component of a picture: its blocks per unit, across and down, and its tables. */
export interface Component {
  across: number;
  down: number;
  quantisation: Uint16Array; // in zigzag order
  dc: HuffmanCode;
  ac: HuffmanCode;
}

/** The plane of a component: whole blocks, so it may be wider and higher than the picture. */
export interface Plane {
  width: number;
  data: Uint8Array;
}

const zigzag = Uint8Array.from([
  0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
  35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47,
  55, 62, 63,
]);

/** Makes a code from JPEG's description: the number of codes of each length from 1 to 16, then the values. */
export function huffmanCode(described: Uint8Array): HuffmanCode {
  const values = described.subarray(16);
  const short = new Uint16Array(256);
  const largest = new Int32Array(17).fill(-1);
  const offset = new Int32Array(17);
  let code = 0;
  let place = 0;
  for (let length = 1; length <= 16; length++, code <<= 1) {
    offset[length] = place - code;
    for (let i = described[length - 1] ?? 0; i > 0; i--, code++, place++) {
      if (length <= 8) short.fill((length << 8) | values[place]!, code << (8 - length), (code + 1) << (8 - length));
      largest[length] = code;
    }
  }
  return { short, largest, offset, values };
}

/**
 * Decodes a sequential scan of a picture.
 *
 * @param data entropy-coded, from its first byte
 * @param restart blocks of all components between two restarts; 0 for none
 * @throws one sentence without a file name if the data are damaged or end too early
 */
export function decodeScan(
  data: Uint8Array,
  { width, height }: { width: number; height: number },
  components: Component[],
  restart: number,
): Plane[] {
  const most = { across: Math.max(...components.map(c => c.across)), down: Math.max(...components.map(c => c.down)) };
  const columns = Math.ceil(width / (8 * most.across));
  const rows = Math.ceil(height / (8 * most.down));
  const planes = components.map(({ across, down }) => ({
    width: columns * across * 8,
    data: new Uint8Array(columns * across * 8 * rows * down * 8),
  }));
  const bits = bitReader(data);
  const block = new Int32Array(64);
  const last = components.map(() => 0);
  for (let unit = 0; unit < columns * rows; unit++) {
    if (restart > 0 && unit > 0 && unit % restart === 0) {
      bits.restart();
      last.fill(0);
    }
    const [left, top] = [unit % columns, Math.floor(unit / columns)];
    for (const [c, component] of components.entries()) {
      const plane = planes[c]!;
      for (let v = 0; v < component.down; v++)
        for (let h = 0; h < component.across; h++) {
          last[c] = readBlock(bits, component, last[c]!, block);
          const at = (top * component.down + v) * 8 * plane.width + (left * component.across + h) * 8;
          inverseCosines(block, plane.data, at, plane.width);
        }
    }
  }
  return planes;
}

/** Reads one block into `block`, and returns its first coefficient before quantisation. */
function readBlock(bits: BitReader, { quantisation, dc, ac }: Component, last: number, block: Int32Array): number {
  block.fill(0);
  const first = last + bits.signed(bits.symbol(dc));
  block[0] = first * quantisation[0]!;
  for (let k = 1; k < 64; k++) {
    const symbol = bits.symbol(ac);
    const size = symbol & 15;
    k += symbol >> 4;
    if (size === 0) {
      if (symbol !== 0xf0) break;
      continue;
    }
    if (k > 63) throw damaged();
    block[zigzag[k]!] = bits.signed(size) * quantisation[k]!;
  }
  return first;
}

interface BitReader {
  symbol(code: HuffmanCode): number;
  signed(size: number): number;
  restart(): void;
}

function bitReader(data: Uint8Array): BitReader {
  let at = 0;
  let held = 0;
  let count = 0;
  let missing = 0;
  const fill = () => {
    let byte = data[at];
    const isMarker = byte === 0xff && data[at + 1] !== 0;
    if (byte === undefined || isMarker) {
      byte = 0; // the decoder may look ahead past the last code
      if (++missing > 8) throw new Error('the TIFF is cut short');
    } else at += byte === 0xff ? 2 : 1;
    held = ((held << 8) | byte) & 0xffffff;
    count += 8;
  };
  const take = (size: number): number => {
    while (count < size) fill();
    count -= size;
    return (held >>> count) & ((1 << size) - 1);
  };
  return {
    symbol({ short, largest, offset, values }) {
      while (count < 8) fill();
      const found = short[(held >>> (count - 8)) & 255]!;
      if (found !== 0) {
        count -= found >> 8;
        return found & 255;
      }
      let code = take(8);
      for (let length = 9; length <= 16; length++) {
        code = (code << 1) | take(1);
        if (code <= largest[length]!) return values[code + offset[length]!] ?? 0;
      }
      throw damaged();
    },
    signed(size) {
      if (size === 0) return 0;
      if (size > 15) throw damaged();
      const value = take(size);
      return value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
    },
    restart() {
      [held, count, missing] = [0, 0, 0];
      while (at < data.length && !(data[at] === 0xff && data[at + 1]! >= 0xd0 && data[at + 1]! <= 0xd7)) at++;
      at += 2;
    },
  };
}

const damaged = (): Error => new Error('the TIFF is damaged');
