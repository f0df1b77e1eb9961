import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Picture } from './colour.js';

export { looksLikeSvg } from './looks-like-svg.js';

/** In milliseconds. Drawings take well under a second; one that takes longer is malicious. */
const LONGEST = 5_000;
/** Bytes that the drawing process may use. */
const LARGEST_PROCESS = 1 << 30;
/** Maximum pixels of a drawing. */
const MOST_PIXELS = 4096 * 4096;

/**
 * The program of the separate process: a drawing's filters, masks and references can take hours and gigabytes, and the
 * library cannot be interrupted while it draws.
 */
const PROGRAM = `
const sharp = require(process.argv[1]);
setInterval(() => process.memoryUsage.rss() > ${LARGEST_PROCESS} && process.exit(3), 20).unref();
const chunks = [];
process.stdin.on('data', chunk => chunks.push(chunk)).on('end', async () => {
  try {
    const image = sharp(Buffer.concat(chunks), { failOn: 'error', ignoreIcc: true, limitInputPixels: ${MOST_PIXELS} });
    const { data, info } = await image.removeAlpha().toColourspace('srgb').raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    process.stdout.write(Buffer.from(Uint32Array.of(info.width, info.height).buffer));
    process.stdout.write(data);
  } catch (error) {
    process.stderr.write(String(error.message));
    process.exitCode = 1;
  }
});
`;

/**
 * Draws an SVG in a separate process, which is stopped after five seconds or when it uses more than a gigabyte.
 *
 * @throws one sentence without a file name
 */
export function drawSvg(bytes: Uint8Array): Promise<Picture> {
  const sharp = createRequire(import.meta.url).resolve('sharp');
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--max-old-space-size=128', '-e', PROGRAM, sharp], {
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: LONGEST,
      killSignal: 'SIGKILL',
      windowsHide: true,
    });
    const parts: Buffer[] = [];
    let said = '';
    child.stdout.on('data', part => parts.push(part));
    child.stderr.on('data', part => {
      said = (said + part).slice(0, 1000);
    });
    child.stdin.on('error', () => {}); // the process ended before it had read everything
    child.stdin.end(bytes);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal) return reject(new Error(`drawing it takes more than ${LONGEST / 1000} seconds`));
      if (code === 3) return reject(new Error('drawing it takes more than a gigabyte'));
      if (code !== 0) return reject(new Error(said || 'it cannot be drawn'));
      const out = Buffer.concat(parts);
      const [width = 0, height = 0] = out.length >= 8 ? [out.readUInt32LE(0), out.readUInt32LE(4)] : [];
      if (out.length !== 8 + width * height * 3) return reject(new Error('it cannot be drawn'));
      resolve({ width, height, data: new Uint8Array(out.buffer, out.byteOffset + 8, out.length - 8) });
    });
  });
}
