import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = dirname(createRequire(import.meta.url).resolve('dgprompt/package.json'));
const isSource = import.meta.url.endsWith('.ts');

/** The program and arguments that run the `dgprompt` command in another process. From the sources, with their loader. */
export function commandLine(args: readonly string[]): string[] {
  const program = isSource
    ? ['--import', import.meta.resolve('tsx'), join(folder, 'src', 'main.ts')]
    : [join(folder, 'dist', 'main.js')];
  return [process.execPath, ...program, ...args];
}

/** What the loader of the sources needs in the environment. */
export const sourceEnvironment = (): Record<string, string> =>
  isSource ? { TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') } : {};
