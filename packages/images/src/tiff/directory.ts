/** The first directory of a TIFF, with numbers by tag. */
export interface Directory {
  littleEndian: boolean;
  /** The values of a tag; undefined if it is absent or points outside the file. */
  numbers(tag: number): number[] | undefined;
}

/** Bytes of a value and how to read it, by type number. */
const types: Record<number, { size: number; read(view: DataView, at: number, little: boolean): number }> = {
  1: { size: 1, read: (view, at) => view.getUint8(at) },
  3: { size: 2, read: (view, at, little) => view.getUint16(at, little) },
  4: { size: 4, read: (view, at, little) => view.getUint32(at, little) },
  5: {
    size: 8,
    read: (view, at, little) => view.getUint32(at, little) / view.getUint32(at + 4, little),
  },
  6: { size: 1, read: (view, at) => view.getInt8(at) },
  8: { size: 2, read: (view, at, little) => view.getInt16(at, little) },
  9: { size: 4, read: (view, at, little) => view.getInt32(at, little) },
  11: { size: 4, read: (view, at, little) => view.getFloat32(at, little) },
  12: { size: 8, read: (view, at, little) => view.getFloat64(at, little) },
  16: { size: 8, read: (view, at, little) => Number(view.getBigUint64(at, little)) },
};

/** More than the number of tiles of the largest picture. */
const MOST_VALUES = 4e6;

/** Whether a file starts like a TIFF or BigTIFF. */
export function looksLikeTiff(file: Uint8Array): boolean {
  const little = file[0] === 0x49 && file[1] === 0x49 && file[3] === 0;
  const big = file[0] === 0x4d && file[1] === 0x4d && file[2] === 0;
  const version = little ? file[2] : file[3];
  return (little || big) && (version === 42 || version === 43);
}

/** Reads the first directory of a TIFF; undefined if the file is too short for it. */
export function readDirectory(file: Uint8Array): Directory | undefined {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const littleEndian = file[0] === 0x49;
  const big = file[littleEndian ? 2 : 3] === 43;
  if (file.length < 16) return undefined;
  const offset = (at: number) => (big ? Number(view.getBigUint64(at, littleEndian)) : view.getUint32(at, littleEndian));
  const start = offset(big ? 8 : 4);
  const [countSize, entrySize, inline] = big ? [8, 20, 8] : [2, 12, 4];
  if (start + countSize > file.length) return undefined;
  const count = big ? offset(start) : view.getUint16(start, littleEndian);
  if (start + countSize + count * entrySize > file.length) return undefined;
  const entries = new Map<number, number>();
  for (let i = 0; i < count; i++) {
    const at = start + countSize + i * entrySize;
    const tag = view.getUint16(at, littleEndian);
    if (!entries.has(tag)) entries.set(tag, at);
  }
  return {
    littleEndian,
    numbers(tag) {
      const at = entries.get(tag);
      const type = at === undefined ? undefined : types[view.getUint16(at + 2, littleEndian)];
      if (at === undefined || !type) return undefined;
      const length = offset(at + 4);
      const bytes = length * type.size;
      const from = bytes <= inline ? at + 4 + inline : offset(at + 4 + inline);
      if (length > MOST_VALUES || from + bytes > file.length) return undefined;
      return Array.from({ length }, (_, i) => type.read(view, from + i * type.size, littleEndian));
    },
  };
}
