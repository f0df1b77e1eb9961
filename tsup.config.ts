import { defineConfig } from 'tsup';

/** Shared by every package: ESM, CommonJS and types of src/index.ts. */
export default defineConfig({
  entry: ['src/index.ts'],
  format: ['esm', 'cjs'],
  dts: true,
  clean: true,
  sourcemap: false,
  target: 'node20',
  tsconfig: 'tsconfig.build.json',
  shims: true,
});
