import { type HuffmanCode, huffmanCode } from './scan.js';

/** The content of a JPEG stream's markers. */
export interface JpegHeader {
  quantisation: Uint16Array[];
  dc: HuffmanCode[];
  ac: HuffmanCode[];
  frame?: { width: number; height: number; components: FrameComponent[] };
  restart: number;
  /** Tables of each component, in scan order, and the start of the scan's data. */
  scan?: { components: { id: number; dc: number; ac: number }[]; start: number };
}

interface FrameComponent {
  id: number;
  across: number;
  down: number;
  quantisation: number;
}

/**
 * Reads the markers of a JPEG stream up to its first scan, or to its end.
 *
 * @throws one sentence without a file name if it is damaged, or not sequential with eight bits
 */
export function readJpegHeader(stream: Uint8Array): JpegHeader {
  const header: JpegHeader = { quantisation: [], dc: [], ac: [], restart: 0 };
  const word = (at: number) => (stream[at]! << 8) | stream[at + 1]!;
  for (let at = 0; at + 1 < stream.length; ) {
    if (stream[at] !== 0xff) throw damaged();
    const marker = stream[at + 1]!;
    if (marker === 0xff) {
      at++;
      continue;
    }
    at += 2;
    if (marker === 0xd8 || marker === 0xd9) continue;
    const end = at + word(at);
    if (!(end <= stream.length) || end < at + 2) throw damaged();
    const body = stream.subarray(at + 2, end);
    if (marker === 0xdb) readQuantisation(body, header);
    else if (marker === 0xc4) readCodes(body, header);
    else if (marker === 0xdd) header.restart = word(at + 2);
    else if (marker === 0xc0 || marker === 0xc1) header.frame = readFrame(body);
    else if (marker === 0xda) {
      header.scan = { components: readScanComponents(body), start: end };
      return header;
    } else if (marker >= 0xc2 && marker <= 0xcf) throw new Error('the TIFF holds a JPEG that is not sequential');
    at = end;
  }
  return header;
}

function readQuantisation(body: Uint8Array, { quantisation }: JpegHeader): void {
  for (let at = 0; at < body.length; ) {
    const about = body[at++]!;
    const size = about >> 4 ? 2 : 1;
    if (at + 64 * size > body.length) throw damaged();
    const from = at;
    quantisation[about & 15] = Uint16Array.from({ length: 64 }, (_, i) =>
      size === 1 ? body[from + i]! : (body[from + 2 * i]! << 8) | body[from + 2 * i + 1]!,
    );
    at += 64 * size;
  }
}

function readCodes(body: Uint8Array, { dc, ac }: JpegHeader): void {
  for (let at = 0; at + 17 <= body.length; ) {
    const about = body[at++]!;
    const length = 16 + body.subarray(at, at + 16).reduce((sum, count) => sum + count, 0);
    if (at + length > body.length) throw damaged();
    (about >> 4 ? ac : dc)[about & 15] = huffmanCode(body.subarray(at, at + length));
    at += length;
  }
}

function readFrame(body: Uint8Array): JpegHeader['frame'] {
  const count = body[5]!;
  if (body[0] !== 8 || body.length < 6 + 3 * count) throw damaged();
  return {
    height: (body[1]! << 8) | body[2]!,
    width: (body[3]! << 8) | body[4]!,
    components: Array.from({ length: count }, (_, i) => {
      const [id, shares, quantisation] = body.subarray(6 + 3 * i);
      return { id: id!, across: shares! >> 4, down: shares! & 15, quantisation: quantisation! };
    }),
  };
}

function readScanComponents(body: Uint8Array): { id: number; dc: number; ac: number }[] {
  const count = body[0]!;
  if (body.length < 1 + 2 * count) throw damaged();
  return Array.from({ length: count }, (_, i) => {
    const [id, codes] = body.subarray(1 + 2 * i);
    return { id: id!, dc: codes! >> 4, ac: codes! & 15 };
  });
}

const damaged = (): Error => new Error('the TIFF is damaged');
