/**
 * Part of a package's build: writes the types of `dist/browser`, where `name.browser.ts` replaces `name.ts`. Types of
 * other packages come from their browser entries, which are built first. With `--check`, part of `npm run typecheck`,
 * it checks them without writing anything.
 */
import { readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { root } from './setup.mjs';

const folder = process.cwd();
const { exports } = JSON.parse(readFileSync('package.json', 'utf8'));
const entries = Object.values(exports).flatMap(({ browser }) => {
  if (!browser) return [];
  const name = browser.default.replace('./dist/browser/', '').replace(/\.js$/, '');
  const source = ['.browser.ts', '.ts'].map(ending => join(folder, 'src', `${name}${ending}`)).find(ts.sys.fileExists);
  return [source];
});

const { config } = ts.readConfigFile(join(root, 'tsconfig.browser.json'), ts.sys.readFile);
const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, root);
const outDir = join(folder, 'dist', 'browser');
const isCheck = process.argv.includes('--check');
const rootDir = join(folder, 'src');
const program = ts.createProgram(entries, { ...options, outDir, rootDir, noCheck: !isCheck });
if (isCheck) {
  const found = ts.getPreEmitDiagnostics(program);
  const host = { ...ts.createCompilerHost(options), getNewLine: () => '\n' };
  if (found.length > 0) console.error(ts.formatDiagnosticsWithColorAndContext(found, host));
  process.exit(found.length > 0 ? 1 : 0);
}
program.emit();

for (const name of readdirSync(outDir, { recursive: true })) {
  if (!name.endsWith('.d.ts')) continue;
  const file = join(outDir, name);
  writeFileSync(file, readFileSync(file, 'utf8').replaceAll(".browser.js'", ".js'"));
  if (name.endsWith('.browser.d.ts')) renameSync(file, file.replace(/\.browser\.d\.ts$/, '.d.ts'));
}
