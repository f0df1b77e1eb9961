/** Whether bytes look like an SVG drawing: text with an `<svg` near the start, possibly compressed. */
export function looksLikeSvg(bytes: Uint8Array): boolean {
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return true; // no other image format is compressed as a whole
  const start = bytes.subarray(0, 4096);
  const wide = start.filter(byte => byte !== 0); // UTF-16
  const text = new TextDecoder('latin1').decode(wide);
  return /<svg|<\?xml|<!doctype\s+svg|<!--/i.test(text) && !/<html|<!doctype\s+html/i.test(text);
}
