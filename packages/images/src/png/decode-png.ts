import { convertIndexedToRgb, type DecodedPng, decode } from 'fast-png';
import type { Picture } from '../colour.js';
import { checkSize } from '../room.js';

/** All PNG files except interlaced ones with fewer than eight bits, which the library misreads. */
export const canDecodePng = (file: Uint8Array): boolean =>
  file[0] === 0x89 && file[1] === 0x50 && !(file[28] === 1 && file[24]! < 8);

/**
 * Decodes a PNG file like Pillow, which a canvas cannot: it multiplies colours by alpha and has only eight bits. Alpha
 * is dropped; 16-bit colour keeps the upper byte, 16-bit grey is clipped at 255.
 *
 * @throws one sentence without a file name
 */
export function decodePng(file: Uint8Array): Picture {
  const header = new DataView(file.buffer, file.byteOffset, file.byteLength);
  if (file.length >= 24) checkSize(header.getUint32(16), header.getUint32(20));
  if (!endsWhole(file)) throw new Error('the PNG is cut short');
  let png: DecodedPng;
  try {
    png = decode(file, { checkCrc: true });
  } catch (cause) {
    throw new Error('the PNG is damaged', { cause });
  }
  const { width, height } = png;
  return { width, height, data: png.palette ? ofPalette(png) : ofSamples(png) };
}

/** Whether a PNG has its end chunk. */
function endsWhole(file: Uint8Array): boolean {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  for (let at = 8; at + 12 <= file.length; at += 12 + view.getUint32(at))
    if (view.getUint32(at + 4) === 0x49454e44) return true; // IEND
  return false;
}

function ofPalette(png: DecodedPng): Uint8Array {
  const colours = convertIndexedToRgb(png);
  const channels = png.palette![0]!.length;
  return threeOf(colours, png.width * png.height, channels, value => value);
}

function ofSamples(png: DecodedPng): Uint8Array {
  const { data, depth, channels, width, height } = png;
  if (depth < 8) return threeOf(unpacked(png), width * height, 1, value => (value * 255) / (2 ** depth - 1));
  if (depth === 8) return threeOf(data, width * height, channels, value => value);
  return threeOf(data, width * height, channels, channels === 1 ? value => Math.min(value, 255) : value => value >> 8);
}

/** Red, green and blue of each pixel; grey becomes all three. */
function threeOf(samples: ArrayLike<number>, pixels: number, channels: number, byteOf: (value: number) => number) {
  const out = new Uint8Array(pixels * 3);
  const isGrey = channels < 3;
  for (let i = 0; i < pixels; i++)
    for (let c = 0; c < 3; c++) out[i * 3 + c] = byteOf(samples[i * channels + (isGrey ? 0 : c)]!);
  return out;
}

/** Unpacks grey of fewer bits, whose rows start at whole bytes. */
function unpacked({ data, depth, width, height }: DecodedPng): Uint8Array {
  const out = new Uint8Array(width * height);
  const stride = Math.ceil((width * depth) / 8);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const bit = x * depth;
      const byte = data[y * stride + (bit >> 3)]!;
      out[y * width + x] = (byte >> (8 - depth - (bit & 7))) & (2 ** depth - 1);
    }
  return out;
}
