import gpuMjs from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.mjs?url';
import gpuWasm from 'onnxruntime-web/ort-wasm-simd-threaded.asyncify.wasm?url';
import mjs from 'onnxruntime-web/ort-wasm-simd-threaded.mjs?url';
import wasm from 'onnxruntime-web/ort-wasm-simd-threaded.wasm?url';

const whole = (path: string) => new URL(path, import.meta.url).href;

/** ONNX Runtime's files, of which only those of the chosen device are fetched. */
export const wasmFiles = {
  wasm: { mjs: whole(mjs), wasm: whole(wasm) },
  webgpu: { mjs: whole(gpuMjs), wasm: whole(gpuWasm) },
};
