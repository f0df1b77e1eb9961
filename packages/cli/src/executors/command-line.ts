import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What to start to run the `dgprompt` command in another process: Node, its arguments, the command's. From the sources, with their loader. */
export function commandLine(args: readonly string[]): string[] {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  if (existsSync(here('cli.ts')))
    return [process.execPath, '--import', import.meta.resolve('tsx'), here('cli.ts'), ...args];
  return [process.execPath, here('cli.js'), ...args];
}

/** What the loader of the sources wants in the environment. */
export function sourceEnvironment(): Record<string, string> {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  return existsSync(here('cli.ts')) ? { TSX_TSCONFIG_PATH: here('../tsconfig.json') } : {};
}
