declare const DGPROMPT_VERSION: string;

/** Version of this package. */
export const version = DGPROMPT_VERSION;

/** The browser's engine and its version, such as `Chrome/140.0.0.0`. */
export const runtimeVersion = (): string =>
  /(Firefox|Edg|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent;

export const processorCount = (): number => navigator.hardwareConcurrency || 1;

/** Only bundlers know where these files are. */
export const pageFolder = (): string | undefined => undefined;
export const webRuntimeFolder = (): string | undefined => undefined;

let names = 0;
export const temporaryName = (): string => String(++names);

/** Bytes per call: they fit into its arguments and encode to whole groups of four letters. */
const PIECE = 3 * 2 ** 13;

export function base64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += btoa(String.fromCharCode(...bytes.subarray(at, at + PIECE)));
  return text;
}
