import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, join, resolve, sep } from 'node:path';
import { gzipSync } from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.mjs': 'text/javascript',
  '.css': 'text/css',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
};

/** Headers of isolated pages: only those may share memory between threads. */
const isolation = { 'cross-origin-opener-policy': 'same-origin', 'cross-origin-embedder-policy': 'require-corp' };

/**
 * Serves a folder of static files on this machine only.
 * @param {string} folder
 * @param {{ port?: number, prefix?: string, isolated?: boolean, onSent?: (bytes: number) => void }} [options] port: 0
 *   for any free one; prefix: the path of the folder on the server; isolated: send the headers that threads need
 * @returns {Promise<{ url: string, close: () => Promise<void> }>}
 */
export async function serve(folder, { port = 0, prefix = '/', isolated = true, onSent } = {}) {
  const root = resolve(folder);
  const packed = new Map();
  const server = createServer((request, response) => {
    const path = pathOf(request.url);
    const inside = path?.startsWith(prefix) ? path.slice(prefix.length) || 'index.html' : undefined;
    const file = inside === undefined ? undefined : join(root, inside.replace(/\/$/, '/index.html'));
    if (!file?.startsWith(root + sep) || !isFile(file)) return response.writeHead(404).end();
    const { body, tag } = content(file);
    const head = {
      'content-type': types[extname(file)] ?? 'application/octet-stream',
      'content-encoding': 'gzip',
      'cache-control': 'no-cache',
      etag: tag,
      ...(isolated && isolation),
    };
    if (request.headers['if-none-match'] === tag) return response.writeHead(304, head).end();
    onSent?.(body.length);
    response.writeHead(200, { ...head, 'content-length': body.length }).end(body);
  });

  /** Compressed once while the file does not change. */
  function content(file) {
    const { mtimeMs } = statSync(file);
    const known = packed.get(file);
    if (known?.mtimeMs === mtimeMs) return known;
    const body = gzipSync(readFileSync(file), { level: 6 });
    const made = { mtimeMs, body, tag: `"${createHash('sha256').update(body).digest('hex').slice(0, 24)}"` };
    packed.set(file, made);
    return made;
  }

  await new Promise((resolve, reject) => server.once('error', reject).listen(port, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}${prefix}`,
    close: () =>
      new Promise(resolve => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  };
}

/**
 * Serves a folder at the user's port until Ctrl-C. Ends the process with one sentence if the port is in use.
 * @param {string} folder
 * @param {{ what: string, port: number, prefix?: string }} options what: the folder's name, at the start of a sentence
 */
export async function serveUntilStopped(folder, { what, ...options }) {
  const { url } = await serve(folder, options).catch(error => {
    const { port } = options;
    console.error(
      error.code === 'EADDRINUSE' ? `Port ${port} is in use; give another one: --port ${port + 1}.` : error.message,
    );
    process.exit(1);
  });
  console.log(`${what} is at ${url} until Ctrl-C.`);
}

/** The value of `--port`. Ends the process with one sentence if it is not a port. */
export function portOf(text) {
  const port = Number(text);
  if (Number.isInteger(port) && port >= 0 && port < 65_536) return port;
  console.error(`--port is ${text}; it must be a whole number from 0 to 65535.`);
  process.exit(2);
}

/** The decoded path of an address; undefined if it cannot be decoded or holds a zero byte, which no file name has. */
function pathOf(url) {
  try {
    const path = decodeURIComponent(new URL(url, 'http://localhost').pathname);
    return path.includes('\0') ? undefined : path;
  } catch {
    return undefined;
  }
}

const isFile = file => statSync(file, { throwIfNoEntry: false })?.isFile() === true;
