import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const require = createRequire(import.meta.url);
const packageFile = '@dgprompt/methods/package.json';

/** Version of this package. */
export const version = (require(packageFile) as { version: string }).version;

/** Version of the JavaScript runtime, such as `v22.1.0`. */
export const runtimeVersion = (): string => process.version;

/** How many threads can run at once. */
export const processorCount = (): number => availableParallelism();

/** The folder with the files of an exported page. */
export const pageFolder = (): string | undefined => join(dirname(require.resolve(packageFile)), 'web');

/**
 * The folder with onnxruntime-web's built files, next to this package or where the program runs; undefined if it is not
 * installed.
 */
export function webRuntimeFolder(): string | undefined {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'x.js')).href])
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web/wasm'));
    } catch {} // the next one may have it
  return undefined;
}

/** A name that no other file has. */
export const temporaryName = (): string => crypto.randomUUID();

/** Bytes in base64. */
export const base64 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
