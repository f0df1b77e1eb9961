import { spawn } from 'node:child_process';

/**
 * Repository-wide: no telemetry, no update notes, no background process, no CUDA download (the CPU engine needs none).
 */
export const quietEnvironment = {
  TURBO_TELEMETRY_DISABLED: '1',
  TURBO_NO_UPDATE_NOTIFIER: '1',
  DO_NOT_TRACK: '1',
  IBM_TELEMETRY_DISABLED: 'true',
  TYPEDOC_NO_UPDATE_CHECK: '1',
  npm_config_update_notifier: 'false',
  npm_config_fund: 'false',
  npm_config_audit: 'false',
  ONNXRUNTIME_NODE_INSTALL: 'skip',
};

const windows = process.platform === 'win32';

/**
 * Runs a program in this terminal and resolves with its exit code (130 after Ctrl-C, as in shells). Ctrl-C reaches the
 * child from the terminal itself; a signal sent only to this process is forwarded.
 * @param {string} command program; on Windows `npm`, `npx` and the like go through the shell
 * @param {string[]} parameters
 * @param {{ cwd?: string, env?: Record<string, string | undefined>, capture?: boolean | 'stdout' | 'stderr' }}
 *   [options] capture: collect stdout and stderr, or one of them, instead of displaying them
 * @returns {Promise<{ code: number, output: string, stdout: string }>}
 */
export function run(command, parameters, { cwd, env, capture = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(windows ? quoted(command) : command, windows ? parameters.map(quoted) : parameters, {
      cwd,
      env: { ...quietEnvironment, ...process.env, ...env },
      stdio: capture
        ? ['ignore', capture === 'stderr' ? 'inherit' : 'pipe', capture === 'stdout' ? 'inherit' : 'pipe']
        : 'inherit',
      shell: windows,
    });
    let output = '';
    let stdout = '';
    child.stdout?.on('data', chunk => {
      output += chunk;
      stdout += chunk;
    });
    child.stderr?.on('data', chunk => {
      output += chunk;
    });
    let interrupted = false;
    const pass = signal => {
      interrupted = true;
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal);
    };
    process.on('SIGINT', pass);
    process.on('SIGTERM', pass);
    const settle = () => {
      process.off('SIGINT', pass);
      process.off('SIGTERM', pass);
    };
    child.once('error', error => {
      settle();
      reject(error);
    });
    child.once('close', (code, signal) => {
      settle();
      resolve({ code: interrupted || signal === 'SIGINT' ? 130 : (code ?? 1), output, stdout });
    });
  });
}

const quoted = text => (/^[\w@%+=:,./\\-]+$/.test(text) ? text : `"${text.replaceAll('"', '\\"')}"`);
