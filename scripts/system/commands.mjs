import { spawn } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { quietEnvironment } from '../processes.mjs';
import { root } from '../setup.mjs';

const program = join(root, 'packages', 'cli', 'dist', 'main.js');

/**
 * Runs the built command, measuring memory on Linux, and kills it if it exceeds a limit.
 * @param {string[]} parameters
 * @param {{ cwd: string, env?: Record<string, string | undefined>, seconds?: number, megabytes?: number, fileBlocks?:
 *   number, killAfter?: number, onLook?: (pid: number) => void }} options fileBlocks: size limit of files in blocks of
 *   1,024 bytes, to simulate a full disk; killAfter: milliseconds until SIGKILL; onLook: called about 20 times a second
 * @returns {Promise<{ code: number | null, output: string, seconds: number, megabytes: number, over?: string }>}
 */
export function dgprompt(parameters, { cwd, env, seconds = 120, megabytes = 4000, fileBlocks, killAfter, onLook }) {
  const command = [process.execPath, program, ...parameters];
  const [first, ...rest] =
    fileBlocks === undefined
      ? command
      : ['bash', '-c', `trap '' XFSZ; ulimit -f ${fileBlocks}; exec "$@"`, '-', ...command];
  return watched(spawn(first, rest, options(cwd, env)), { seconds, megabytes, killAfter, onLook });
}

/** Runs a program with this checkout's packages in its own process, with the same limits. */
export function inNode(source, { cwd, env, seconds = 120, megabytes = 2000 }) {
  count++;
  const file = join(root, '.turbo', `program-${process.pid}-${count}.mjs`);
  mkdirSync(join(root, '.turbo'), { recursive: true });
  writeFileSync(file, source);
  return watched(spawn(process.execPath, [file], options(cwd, env)), { seconds, megabytes });
}
let count = 0;

const options = (cwd, env) => ({
  cwd,
  stdio: ['ignore', 'pipe', 'pipe'],
  env: { ...process.env, ...quietEnvironment, NO_COLOR: '1', ...env },
});

function watched(child, { seconds, megabytes, killAfter, onLook }) {
  const started = performance.now();
  let [output, peak, over] = ['', 0, undefined];
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', text => {
      output += text;
    });
  const stop = why => {
    over ??= why;
    child.kill('SIGKILL');
  };
  const watch = setInterval(() => {
    peak = Math.max(peak, residentMegabytes(child.pid));
    onLook?.(child.pid);
    if (peak > megabytes) stop(`more than ${megabytes} MB`);
    if (performance.now() - started > seconds * 1000) stop(`more than ${seconds} s`);
  }, 50);
  const kill = killAfter === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfter);
  return new Promise(resolve => {
    child.once('close', code => {
      clearInterval(watch);
      clearTimeout(kill);
      resolve({ code, output, seconds: (performance.now() - started) / 1000, megabytes: peak, over });
    });
  });
}

function residentMegabytes(pid) {
  try {
    return Number(readFileSync(`/proc/${pid}/status`, 'utf8').match(/VmRSS:\s+(\d+)/)?.[1] ?? 0) / 1024;
  } catch {
    return 0; // another system, or it has ended
  }
}

/** A folder of small pictures, `each` per class, one colour per class. */
export async function pictures(folder, classes, each) {
  const sharp = createRequire(join(root, 'packages', 'images', 'package.json'))('sharp');
  for (const [c, name] of classes.entries()) {
    mkdirSync(join(folder, name), { recursive: true });
    for (let i = 0; i < each; i++) {
      const background = { r: (60 + 70 * c + 3 * i) % 256, g: (200 - 50 * c) & 255, b: (90 * c + i) % 256 };
      const image = sharp({ create: { width: 48, height: 48, channels: 3, background } });
      await image.png().toFile(join(folder, name, `${i}.png`));
    }
  }
  return folder;
}

/**
 * Runs and counts named checks; each resolves to undefined if it passes, or to a text that says what is wrong.
 * @param {Record<string, () => Promise<string | undefined>>} checks
 */
export async function counted(checks) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, check] of Object.entries(checks)) {
    const wrong = await check().catch(error => error.stack);
    console.log(wrong ? `failed  ${name}: ${wrong}` : `passed  ${name}`);
    counts[wrong ? 'failed' : 'passed']++;
  }
  return counts;
}

/** Why a command did not refuse in one clear sentence; undefined if it did. */
export function refusal({ code, output, over }, words = /./) {
  if (over) return `it took ${over}`;
  if (code === 0) return 'it ended with 0';
  if (/\n\s+at .*[:(]/.test(output)) return `a stack trace:\n${output}`;
  return words.test(output) ? undefined : `it ended with:\n${output.slice(-600)}`;
}
