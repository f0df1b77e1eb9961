/** The SHA-256 of bytes, in hexadecimal. The browser build of `sha256Hex` takes ten times as long for photographs. */
export async function sha256(bytes: BufferSource): Promise<string> {
  const hash = await crypto.subtle.digest('SHA-256', bytes);
  return [...new Uint8Array(hash)].map(byte => byte.toString(16).padStart(2, '0')).join('');
}
