/**
 * Decodes a text file's bytes: UTF-8, or UTF-16 with a byte-order mark or recognisable without. Drops the mark.
 *
 * @param name of the file, for the error
 * @throws one sentence naming file and line for other bytes
 */
export function decodeText(bytes: Uint8Array, name: string): string {
  const wide = wideEncoding(bytes);
  try {
    return new TextDecoder(wide ?? 'utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (wide) throw new Error(`${name} is not whole UTF-16 text; save it as UTF-8.`, { cause });
    const { line, byte } = firstWrong(bytes);
    const shown = byte === undefined ? '' : ` (byte 0x${byte.toString(16).padStart(2, '0')})`;
    throw new Error(`${name}, line ${line} is not UTF-8${shown}; save the file as UTF-8.`, { cause });
  }
}

/** Number of bytes checked for UTF-16 without a mark. */
const looked = 512;

function wideEncoding(bytes: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  if (first === 0xfe && second === 0xff) return 'utf-16be';
  const start = bytes.subarray(0, looked & ~1);
  const zeros = [0, 0];
  for (let i = 0; i + 1 < start.length; i += 2) {
    if (start[i] === 0) zeros[0]!++;
    if (start[i + 1] === 0) zeros[1]!++;
  }
  const [even, odd] = zeros as [number, number];
  const many = start.length / 4; // at least every second letter is ASCII
  if (start.length < 4 || bytes.length % 2 === 1 || Math.max(even, odd) < many) return undefined;
  if (even === 0) return 'utf-16le';
  return odd === 0 ? 'utf-16be' : undefined;
}

function firstWrong(bytes: Uint8Array): { line: number; byte?: number } {
  let [line, start] = [1, 0];
  for (let i = 0; i <= bytes.length; i++) {
    if (i < bytes.length && bytes[i] !== 0x0a) continue;
    const one = bytes.subarray(start, i);
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(one);
    } catch {
      const text = new TextDecoder().decode(one);
      const before = new TextEncoder().encode(text.slice(0, text.indexOf('\ufffd'))).length;
      return { line, byte: one[before] };
    }
    [line, start] = [line + 1, i + 1];
  }
  return { line };
}
