import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const folder = dirname(createRequire(import.meta.url).resolve('dgprompt/package.json'));
const isSource = import.meta.url.endsWith('.ts');

/** The command line that runs `dgprompt` in another process; in a checkout, from the sources. */
export function commandLine(args: readonly string[]): string[] {
  const program = isSource
    ? ['--import', import.meta.resolve('tsx'), join(folder, 'src', 'main.ts')]
    : [join(folder, 'dist', 'main.js')];
  return [process.execPath, ...program, ...args];
}

/** Environment variables for loading the sources. */
export const sourceEnvironment = (): Record<string, string> =>
  isSource ? { TSX_TSCONFIG_PATH: join(folder, 'tsconfig.json') } : {};
