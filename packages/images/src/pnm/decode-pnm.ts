import type { Picture } from '../colour.js';
import { roundHalfToEven } from '../round.js';

/** Whether a file starts like a PBM, PGM or PPM. */
export const looksLikePnm = (file: Uint8Array): boolean =>
  file[0] === 0x50 && file[1]! >= 0x31 && file[1]! <= 0x36 && isSpace(file[2]!);

/**
 * Decodes a PBM, PGM or PPM, as text or bytes, to Pillow's pixels: levels are scaled to 255, but grey of more than
 * eight bits is scaled to 65,535 and clipped at 255.
 *
 * @param room checks a picture's size and reserves its memory
 * @throws one sentence without a file name if the file is damaged or truncated
 */
export async function decodePnm(
  file: Uint8Array,
  room: (width: number, height: number) => Promise<void>,
): Promise<Picture> {
  const kind = file[1]! - 0x30;
  const isBits = kind === 1 || kind === 4;
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  const words = wordReader(file);
  const [width, height] = [words.number(), words.number()];
  const most = isBits ? 1 : words.number();
  if (width < 1 || height < 1 || most < 1 || most > 65535) throw new Error('the PNM is damaged');
  const bytesEach = kind < 4 ? 1 : most > 255 ? 2 : 1; // as text, at least a digit
  const start = words.at();
  const stored = kind === 4 ? Math.ceil(width / 8) * height : width * height * channels * bytesEach;
  if (start + stored > file.length) throw new Error('the PNM is cut short');
  await room(width, height);
  const byLevel = kind === 1 || kind === 4 ? Uint8Array.of(255, 0) : levels(most, channels === 1);
  const next = kind < 4 ? words.level(isBits, most) : bytesFrom(file, start, { kind, width, bytesEach });
  const data = new Uint8Array(width * height * 3);
  for (let to = 0; to < data.length; to += 3)
    for (let c = 0; c < 3; c++) data[to + c] = c < channels ? byLevel[Math.min(next(), most)]! : data[to]!;
  return { width, height, data };
}

/** The byte of each level. */
function levels(most: number, isGrey: boolean): Uint8Array {
  const scale = isGrey && most > 255 ? 65535 : 255;
  return Uint8Array.from({ length: most + 1 }, (_, level) => Math.min(255, roundHalfToEven((level / most) * scale)));
}

/** Reads levels stored as bits, bytes, or pairs of bytes. */
function bytesFrom(
  file: Uint8Array,
  start: number,
  { kind, width, bytesEach }: { kind: number; width: number; bytesEach: number },
): () => number {
  let i = 0;
  if (kind === 4) {
    const row = Math.ceil(width / 8);
    return () => {
      const [x, y] = [i % width, Math.floor(i++ / width)];
      return (file[start + y * row + (x >> 3)]! >> (7 - (x & 7))) & 1;
    };
  }
  if (bytesEach === 1) return () => file[start + i++]!;
  return () => {
    const at = start + 2 * i++;
    return (file[at]! << 8) | file[at + 1]!;
  };
}

/** Reads words separated by spaces and comments. */
function wordReader(file: Uint8Array) {
  let at = 2;
  const skip = () => {
    for (; at < file.length; at++) {
      if (file[at] === 0x23) while (at < file.length && file[at] !== 10 && file[at] !== 13) at++;
      else if (!isSpace(file[at]!)) return;
    }
  };
  const digit = () => {
    const value = (file[at] ?? 0) - 0x30;
    if (at >= file.length) throw new Error('the PNM is cut short');
    if (value < 0 || value > 9) throw new Error('the PNM is damaged');
    at++;
    return value;
  };
  const number = () => {
    skip();
    let value = digit();
    while (at < file.length && !isSpace(file[at]!) && file[at] !== 0x23) {
      value = value * 10 + digit();
      if (value > 1e9) throw new Error('the PNM is damaged');
    }
    return value;
  };
  return {
    number,
    /** Start of the bytes: after one space. */
    at: () => at + 1,
    level: (isBit: boolean, most: number) => () => {
      skip();
      const value = isBit ? digit() : number();
      if (value > most) throw new Error('the PNM is damaged');
      return value;
    },
  };
}

function isSpace(byte: number): boolean {
  return byte === 32 || (byte >= 9 && byte <= 13);
}
