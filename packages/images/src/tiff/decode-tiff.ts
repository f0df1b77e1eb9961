import { cmykToRgb, type Picture } from '../colour.js';
import { turn } from '../turn.js';
import { type Directory, readDirectory } from './directory.js';
import { writeLab } from './lab.js';
import { type Layout, layoutOf } from './layout.js';
import { decodeOldJpeg } from './old-jpeg/decode-old-jpeg.js';
import { type Kind, kindOf, readSamples } from './samples.js';
import { colourReference, pillowColour, tiffColour } from './ycbcr.js';

/** What the caller provides to read a TIFF. */
export interface TiffRoom {
  /** Checks a picture's size and reserves its memory. */
  room(width: number, height: number, more: number): Promise<void>;
  /** Decodes the file with the library. */
  library(): Promise<Picture>;
}

/**
 * Decodes the first picture of a TIFF to Pillow's pixels. Plain, LZW, deflate and PackBits samples of 8, 16 and 32 bits
 * are read here, since the library gives other pixels for many of them; the library decodes the rest. The orientation
 * tag is applied, as Pillow does only for this format.
 *
 * @throws one sentence without a file name if the file is damaged or truncated
 */
export async function decodeTiff(file: Uint8Array, { room, library }: TiffRoom): Promise<Picture> {
  const directory = readDirectory(file);
  const layout = directory && layoutOf(directory);
  const kind = layout && kindOf(layout);
  if (layout?.compression === 6) {
    await room(layout.width, layout.height, layout.segment.width * layout.segment.height * 3);
    return turn(decodeOldJpeg(file, directory!, layout), layout.orientation);
  }
  const own = kind && (await readPlain(file, directory!, layout, kind, room));
  return turn(own ?? (await library()), layout?.orientation ?? 1);
}

async function readPlain(
  file: Uint8Array,
  directory: Directory,
  layout: Layout,
  kind: Kind,
  room: TiffRoom['room'],
): Promise<Picture | undefined> {
  const { width, height } = layout;
  const data = await readSamples(file, layout, kind, bytes => room(width, height, bytes));
  return data && toRgb({ width, height, data }, directory, layout, kind);
}

function toRgb(picture: Picture, directory: Directory, layout: Layout, { colour, channels }: Kind): Picture {
  const { width, height, data } = picture;
  if (colour === 'rgb') return picture;
  if (colour === 'cmyk') return cmykToRgb(picture);
  const out = new Uint8Array(width * height * 3);
  const write = writer(colour, directory, layout);
  for (let from = 0, to = 0; to < out.length; from += channels, to += 3) write(data, from, out, to);
  return { width, height, data: out };
}

type Write = (data: Uint8Array, from: number, out: Uint8Array, to: number) => void;

function writer(colour: Kind['colour'], { numbers }: Directory, { palette, compression }: Layout): Write {
  if (colour === 'palette') {
    if (!palette) throw new Error('the TIFF is cut short: its palette is missing');
    const entries = palette.length / 3;
    return (data, from, out, to) => {
      for (let c = 0; c < 3; c++) out[to + c] = (palette[c * entries + data[from]!] ?? 0) >> 8;
    };
  }
  if (colour === 'premultiplied') {
    return (data, from, out, to) => {
      const alpha = data[from + 3]!;
      for (let c = 0; c < 3; c++)
        out[to + c] = alpha === 0 ? 0 : Math.min(255, Math.floor((data[from + c]! * 255) / alpha));
    };
  }
  if (colour === 'ycbcr') {
    const convert = compression === 1 ? pillowColour() : tiffColour(colourReference(numbers));
    return (data, from, out, to) => convert(data[from]!, data[from + 1]!, data[from + 2]!, out, to);
  }
  if (colour === 'lab') return writeLab;
  const flip = colour === 'negative' ? 255 : 0;
  return (data, from, out, to) => out.fill(data[from]! ^ flip, to, to + 3);
}
