export { useWasm, type WasmSettings } from './runtime/wasm-settings.browser.js';
export * from './shared.js';
