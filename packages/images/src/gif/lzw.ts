/** Codes have at most twelve bits. */
const MOST_CODES = 4096;

/**
 * Unpacks a GIF's pixels: blocks of bytes, whose bits are LZW codes.
 *
 * @param at position of the first code's size, before the first block
 * @param write called with each palette index; returns false once it has enough
 * @throws one sentence without a file name if the codes are damaged, or end without an end code
 */
export function unpackGifCodes(file: Uint8Array, at: number, write: (index: number) => boolean): void {
  const bits = file[at]!;
  if (!(bits <= 11)) throw new Error('the GIF is damaged');
  const clear = 1 << bits;
  const last = new Uint8Array(MOST_CODES);
  const before = new Uint16Array(MOST_CODES);
  const string = new Uint8Array(MOST_CODES + 1);
  const next = codeReader(file, at + 1);
  let width = bits + 1;
  let free = clear + 2;
  let previous = -1;
  let first = 0; // index of the previous string
  for (;;) {
    const code = next(width);
    if (code === clear) {
      width = bits + 1;
      free = clear + 2;
      previous = -1;
      continue;
    }
    if (code === clear + 1) return;
    if (code > (previous < 0 ? clear : free)) throw new Error('the GIF is damaged');
    let length = 0;
    let rest = code;
    if (code === free && previous >= 0) {
      string[length++] = first;
      rest = previous;
    }
    for (; rest >= clear; rest = before[rest]!) {
      if (length >= MOST_CODES) throw new Error('the GIF is damaged');
      string[length++] = last[rest]!;
    }
    string[length++] = rest;
    first = rest;
    if (previous >= 0 && free < MOST_CODES) {
      last[free] = first;
      before[free] = previous;
      if (free === (1 << width) - 1 && width < 12) width++;
      free++;
    }
    previous = code;
    while (length > 0) if (!write(string[--length]!)) return;
  }
}

/** Reads codes of `width` bits from blocks that each start with their length. */
function codeReader(file: Uint8Array, start: number): (width: number) => number {
  let at = start;
  let left = 0; // bytes of this block
  let held = 0;
  let count = 0; // bits held
  return width => {
    while (count < width) {
      if (left === 0) left = file[at++] ?? 0;
      if (left === 0 || at >= file.length) throw new Error('the GIF is cut short');
      left--;
      held |= file[at++]! << count;
      count += 8;
    }
    const code = held & ((1 << width) - 1);
    held >>>= width;
    count -= width;
    return code;
  };
}
