import type { Picture } from '../../colour.js';
import type { Directory } from '../directory.js';
import type { Layout } from '../layout.js';
import { segmentOf } from '../samples.js';
import { colourReference, tiffColour, type WriteColour } from '../ycbcr.js';
import { readJpegHeader } from './header.js';
import { type Component, decodeScan, huffmanCode, type Plane } from './scan.js';

/** Tags: the offset and length of a JPEG stream, or of its tables, one per component. */
const tag = { stream: 513, streamLength: 514, restart: 515, quantisation: 519, dc: 520, ac: 521 };

/**
 * Decodes a TIFF with old-style JPEG (compression 6) like libtiff: a JPEG stream with its own header, or strips or
 * tiles whose tables are in the directory.
 *
 * @throws one sentence without a file name if the file is damaged or truncated
 */
export function decodeOldJpeg(file: Uint8Array, { numbers }: Directory, layout: Layout): Picture {
  const { width, height } = layout;
  const data = new Uint8Array(width * height * 3);
  const convert = tiffColour(colourReference(numbers));
  const stream = wholeStream(file, numbers, layout);
  const header = stream && readJpegHeader(stream);
  if (stream && header?.scan && header.frame) {
    const { frame, scan } = header;
    const isNear = frame.width <= 2 * width + 64 && frame.height <= 2 * height + 64;
    if (frame.width < width || frame.height < height || !isNear) throw damaged();
    const components = frame.components.map(({ id, across, down, quantisation }) => {
      const tables = scan.components.find(one => one.id === id);
      const made = { quantisation: header.quantisation[quantisation], dc: header.dc[tables?.dc ?? -1] };
      return component({ across, down, ...made, ac: header.ac[tables?.ac ?? -1] });
    });
    checkRoom(file, frame, components);
    const planes = decodeScan(stream.subarray(scan.start), frame, components, header.restart);
    write(planes, components, convert, { data, width, left: 0, top: 0, columns: width, rows: height });
    return { width, height, data };
  }
  const components = tabledComponents(file, numbers, layout);
  const { segment } = layout;
  const across = Math.ceil(width / segment.width);
  for (let i = 0; i < across * Math.ceil(height / segment.height); i++) {
    const [left, top] = [(i % across) * segment.width, Math.floor(i / across) * segment.height];
    const [columns, rows] = [Math.min(segment.width, width - left), Math.min(segment.height, height - top)];
    const size = { width: segment.width, height: segment.height };
    checkRoom(file, size, components);
    const planes = decodeScan(segmentOf(file, layout, i), size, components, numbers(tag.restart)?.[0] ?? 0);
    write(planes, components, convert, { data, width, left, top, columns, rows });
  }
  return { width, height, data };
}

/** The stream that the directory refers to, followed by strips outside it; or a strip that starts like a stream. */
function wholeStream(file: Uint8Array, numbers: Directory['numbers'], layout: Layout): Uint8Array | undefined {
  const start = numbers(tag.stream)?.[0];
  const first = layout.segment.offsets[0];
  if (!start)
    return first !== undefined && file[first] === 0xff && file[first + 1] === 0xd8 ? file.subarray(first) : undefined;
  const length = numbers(tag.streamLength)?.[0];
  const end = length ? start + length : file.length;
  const named = file.subarray(start, end);
  if (named[0] !== 0xff || named[1] !== 0xd8) return undefined;
  const outside = layout.segment.offsets.some(offset => offset < start || offset >= end);
  if (!outside) return named;
  const strips = layout.segment.offsets.map((_, i) => segmentOf(file, layout, i));
  return joined([named, ...strips]);
}

function joined(parts: Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Components whose tables are in the directory: each has its own, and several pixels share a colour value. */
function tabledComponents(file: Uint8Array, numbers: Directory['numbers'], layout: Layout): Component[] {
  const at = (offsets: number[] | undefined, i: number) => {
    const offset = offsets?.[Math.min(i, offsets.length - 1)];
    return offset === undefined || offset + 64 > file.length ? undefined : file.subarray(offset);
  };
  const code = (described: Uint8Array | undefined) => {
    if (!described) return undefined;
    const length = 16 + described.subarray(0, 16).reduce((sum, count) => sum + count, 0);
    return huffmanCode(described.subarray(0, length));
  };
  const [tables, dc, ac] = [numbers(tag.quantisation), numbers(tag.dc), numbers(tag.ac)];
  return Array.from({ length: layout.samples }, (_, i) => {
    const [across, down] = i === 0 && layout.samples > 1 ? layout.subsampling : [1, 1];
    const quantisation = at(tables, i)?.subarray(0, 64);
    return component({
      ...{ across, down, dc: code(at(dc, i)), ac: code(at(ac, i)) },
      quantisation: quantisation && Uint16Array.from(quantisation),
    });
  });
}

function component({
  across,
  down,
  quantisation,
  dc,
  ac,
}: { [K in keyof Component]: Component[K] | undefined }): Component {
  const isShare = (n: number | undefined): n is number => n === 1 || n === 2 || n === 4;
  if (!isShare(across) || !isShare(down) || !quantisation || !dc || !ac) throw damaged();
  return { across, down, quantisation, dc, ac };
}

/** Checks that the file is large enough: every block takes two codes of at least one bit. */
function checkRoom(
  file: Uint8Array,
  { width, height }: { width: number; height: number },
  components: Component[],
): void {
  if (components.length !== 1 && components.length !== 3) throw damaged();
  if ((width * height) / 64 > file.length * 4) throw new Error('the TIFF is cut short');
}

interface Target {
  data: Uint8Array;
  width: number;
  left: number;
  top: number;
  columns: number;
  rows: number;
}

/** Writes planes as RGB; a colour value applies to all pixels that share it. */
function write(planes: Plane[], components: Component[], convert: WriteColour, target: Target): void {
  const { data, width, left, top, columns, rows } = target;
  const [across, down] = [Math.max(...components.map(c => c.across)), Math.max(...components.map(c => c.down))];
  const place = components.map((c, i) => {
    const { data, width } = planes[i]!;
    return (x: number, y: number) =>
      data[Math.floor((y * c.down) / down) * width + Math.floor((x * c.across) / across)]!;
  });
  const [y, cb = () => 128, cr = () => 128] = place;
  for (let row = 0; row < rows; row++)
    for (let x = 0, to = ((top + row) * width + left) * 3; x < columns; x++, to += 3)
      convert(y!(x, row), cb(x, row), cr(x, row), data, to);
}

const damaged = (): Error => new Error('the TIFF is damaged');
