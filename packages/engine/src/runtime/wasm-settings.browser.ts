/** Location of ONNX Runtime's WebAssembly files. */
export interface WasmSettings {
  /**
   * URL of the folder that `ort-wasm-simd-threaded.mjs` and `.wasm` were copied to from `onnxruntime-web/dist` (for
   * WebGPU those with `.asyncify` in their names), or the URLs of both. Default: where the bundler puts them.
   */
  paths?: string | { mjs: string; wasm: string };
}

let settings: WasmSettings = {};

/**
 * Sets the location of ONNX Runtime's WebAssembly files; must be called before the first compiled function runs.
 *
 * @example
 * ```ts
 * import { useWasm } from '@dgprompt/engine'; // in a browser
 *
 * useWasm({ paths: new URL('ort/', document.baseURI).href });
 * ```
 */
export function useWasm(given: WasmSettings): void {
  settings = given;
}

export const wasmSettings = (): WasmSettings => settings;
