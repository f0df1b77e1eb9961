import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

/** An exported function with the code of its `@example` blocks. */
export interface PublicFunction {
  /** `@dgprompt/clip/hub: pullModel` */
  name: string;
  examples: string[];
}

const root = fileURLToPath(new URL('../../../..', import.meta.url));

/** Every function exported from any entry point of a published package, once. */
export function publicFunctions(): PublicFunction[] {
  const entries = entryPoints();
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);
  const program = ts.createProgram([...entries.values()], { ...options, noEmit: true });
  const checker = program.getTypeChecker();
  const found = new Map<ts.Symbol, PublicFunction>();
  for (const [entry, file] of entries) {
    const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const declaration = symbol.valueDeclaration;
      if (!declaration || found.has(symbol)) continue;
      if (checker.getTypeOfSymbolAtLocation(symbol, declaration).getCallSignatures().length === 0) continue;
      const tags = symbol.getJsDocTags(checker).filter(({ name }) => name === 'example');
      const examples = tags.map(({ text }) => codeOf(ts.displayPartsToString(text)));
      found.set(symbol, { name: `${entry}: ${exported.getName()}`, examples });
    }
  }
  return [...found.values()];
}

/** Source files of the entry points, by import name. */
function entryPoints(): Map<string, string> {
  const entries = new Map<string, string>();
  for (const folder of readdirSync(join(root, 'packages'))) {
    const path = join(root, 'packages', folder);
    const manifest = JSON.parse(readFileSync(join(path, 'package.json'), 'utf8')) as Manifest;
    if (manifest.private) continue;
    for (const [subpath, target] of Object.entries(manifest.exports)) {
      const file = typeof target === 'string' ? undefined : /^\.\/dist\/(.+)\.js$/.exec(target.default)?.[1];
      if (file) entries.set(manifest.name + subpath.slice(1), join(path, 'src', `${file}.ts`));
    }
  }
  return entries;
}

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, string | { default: string }>;
}

/** The code between the fences of an example. */
const codeOf = (text: string): string => /```ts\n([\s\S]*?)```/.exec(text)?.[1] ?? text;
