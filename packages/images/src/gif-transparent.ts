import type { Picture } from './colour.js';

/**
 * RGBA pixels of a GIF's first picture as RGB, as in Pillow: transparent pixels get the palette's colour, which other
 * decoders leave black.
 */
export function gifTransparent({ width, height, data }: Picture, file: Uint8Array): Picture {
  const colour = transparentColour(file) ?? [0, 0, 0];
  const out = new Uint8Array(width * height * 3);
  for (let i = 0; i < width * height; i++)
    for (let c = 0; c < 3; c++) out[i * 3 + c] = data[i * 4 + 3] === 0 ? colour[c]! : data[i * 4 + c]!;
  return { width, height, data: out };
}

/**
 * The palette's colour of the transparent index, from the blocks before the first picture's data; undefined if there is
 * none.
 */
function transparentColour(file: Uint8Array): number[] | undefined {
  const tableSize = (flags: number) => (flags & 0x80 ? 3 << ((flags & 7) + 1) : 0);
  let table = 13; // after the header and the screen descriptor
  let at = table + tableSize(file[10]!);
  let index: number | undefined;
  while (at < file.length) {
    const kind = file[at]!;
    if (kind === 0x2c) {
      if (tableSize(file[at + 9]!) > 0) table = at + 10;
      const place = table + 3 * (index ?? -1);
      return index === undefined || place + 3 > file.length ? undefined : [...file.subarray(place, place + 3)];
    }
    if (kind !== 0x21) return undefined;
    if (file[at + 1] === 0xf9 && file[at + 3]! & 1) index = file[at + 6];
    at += 2;
    while (at < file.length && file[at] !== 0) at += file[at]! + 1;
    at++;
  }
  return undefined;
}
