import { constants, inflateSync } from 'node:zlib';

/** Unpacks bytes, also truncated ones. @throws the library's error if they are damaged or too many */
export const inflated = (packed: Uint8Array, most: number): Uint8Array =>
  inflateSync(packed, { maxOutputLength: most, finishFlush: constants.Z_SYNC_FLUSH });
