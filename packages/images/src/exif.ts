/** The orientation tag (1 to 8) of a JPEG or WebP file, and the position of its value. */
export interface Orientation {
  value: number;
  /** Position of the value's first byte. */
  at: number;
  littleEndian: boolean;
}

const ORIENTATION = 0x0112;

/** Finds the orientation of a JPEG or WebP file; undefined if it has none. */
export function findOrientation(file: Uint8Array): Orientation | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const start = file[0] === 0xff ? exifOfJpeg(view) : exifOfWebp(view);
  if (start === undefined || start + 8 > file.length) return undefined;
  const littleEndian = view.getUint8(start) === 0x49;
  const directory = start + view.getUint32(start + 4, littleEndian);
  if (directory + 2 > file.length) return undefined;
  const count = view.getUint16(directory, littleEndian);
  for (let at = directory + 2; at < directory + 2 + 12 * count && at + 12 <= file.length; at += 12)
    if (view.getUint16(at, littleEndian) === ORIENTATION)
      return { value: view.getUint16(at + 8, littleEndian), at: at + 8, littleEndian };
  return undefined;
}

const textAt = (view: DataView, at: number, length: number): string =>
  at + length > view.byteLength
    ? ''
    : String.fromCharCode(...new Uint8Array(view.buffer, view.byteOffset + at, length));

/** Start of the TIFF header in a JPEG's APP1 segment. */
function exifOfJpeg(view: DataView): number | undefined {
  for (let at = 2; at + 4 <= view.byteLength && view.getUint8(at) === 0xff; at += 2 + view.getUint16(at + 2)) {
    const marker = view.getUint8(at + 1);
    if (marker === 0xda) return undefined; // the picture starts
    if (marker === 0xe1 && textAt(view, at + 4, 4) === 'Exif') return at + 10;
  }
  return undefined;
}

/** Start of the TIFF header in a WebP's EXIF chunk. */
function exifOfWebp(view: DataView): number | undefined {
  if (textAt(view, 0, 4) !== 'RIFF' || textAt(view, 8, 4) !== 'WEBP') return undefined;
  for (let at = 12; at + 8 <= view.byteLength; ) {
    if (textAt(view, at, 4) === 'EXIF') return textAt(view, at + 8, 4) === 'Exif' ? at + 14 : at + 8;
    const size = view.getUint32(at + 4, true);
    at += 8 + size + (size & 1);
  }
  return undefined;
}
