import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { main } from '../program.js';

/** The exit code and output of a process. */
export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/**
 * Starts the `dgprompt` command in its own process, for tests: from the build that `npm test` has just made, which
 * starts faster, else from the sources.
 */
export function startCli(args: readonly string[], options: { cwd?: string; env?: NodeJS.ProcessEnv } = {}) {
  const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));
  // tsx as a loader, not as a command, which would add a process that catches Ctrl-C.
  const fromSources = ['--import', import.meta.resolve('tsx'), here('../main.ts')];
  const program = process.env.DGPROMPT_TEST_BUILT === '1' ? [here('../../dist/main.js')] : fromSources;
  const child = spawn(process.execPath, [...program, ...args], {
    cwd: options.cwd,
    env: { ...process.env, NO_COLOR: '1', TSX_TSCONFIG_PATH: here('../../tsconfig.json'), ...options.env },
  });
  return { child, ended: ended(child) };
}

/** Runs the `dgprompt` command in this process, for tests; much faster than another process. */
export async function callCli(args: readonly string[]): Promise<Ended> {
  const said = { stdout: '', stderr: '' };
  const { stdout, stderr, exitCode } = process;
  const restore = { stdout: stdout.write, stderr: stderr.write };
  for (const name of ['stdout', 'stderr'] as const) {
    process[name].write = ((text: string) => {
      said[name] += text;
      return true;
    }) as typeof stdout.write;
  }
  try {
    const code = await main(['node', 'dgprompt', ...args]);
    return { code, ...said };
  } finally {
    Object.assign(stdout, { write: restore.stdout });
    Object.assign(stderr, { write: restore.stderr });
    process.exitCode = exitCode;
  }
}

async function ended(child: ChildProcess): Promise<Ended> {
  let [stdout, stderr] = ['', ''];
  child.stdout?.on('data', data => {
    stdout += data;
  });
  child.stderr?.on('data', data => {
    stderr += data;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  return { code, stdout, stderr };
}
