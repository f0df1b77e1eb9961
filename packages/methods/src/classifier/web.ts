import { randomUUID } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Precision } from '@dgprompt/engine/portable';
import { cannotWrite } from '@dgprompt/io';
import type { Method } from '../method/types.js';
import { portableClassifier } from './portable.js';

export interface ExportWebOptions {
  /** The folder to make; one that an earlier export made is replaced. */
  folder: string;
  /** Heading of the page. */
  title: string;
  /** How weights are stored. Default: fp32. */
  precision?: Precision;
}

const page = join(dirname(createRequire(import.meta.url).resolve('@dgprompt/methods/package.json')), 'web');
const pageFiles = ['index.html', 'page.css', 'page.js'];

const notice = `ort.wasm.min.js, glue and wasm are ONNX Runtime's files for browsers (npm: onnxruntime-web).
Copyright (c) Microsoft Corporation. MIT License: https://github.com/microsoft/onnxruntime/blob/main/LICENSE
`;

/** Bytes of a file in one script: base64 makes four of three, and a browser holds a script as one string. */
const partBytes = 24 * 2 ** 20;

/**
 * Writes a classifier as a folder of static files: a page where one drops or chooses an image, or takes one with the camera. It works from
 * any web server and opened from the disk, without network: onnxruntime-web's files are copied into it.
 *
 * @returns bytes of all files
 * @throws one sentence if onnxruntime-web is not installed, the folder holds something else, or it cannot be written
 */
export async function exportWeb(
  method: Method,
  { folder, title, precision = 'fp32' }: ExportWebOptions,
): Promise<{ folder: string; bytes: number }> {
  const runtime = webRuntime();
  checkReplaceable(folder);
  const model = await portableClassifier(method, { input: 'image', precision });
  const making = `${resolve(folder)}.${randomUUID()}.tmp`;
  let bytes = 0;
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFile(join(making, name), content);
    bytes += content.length;
  };
  try {
    await mkdir(join(making, 'runtime'), { recursive: true });
    for (const name of pageFiles) await write(name, await readFile(join(page, name)));
    await write('runtime/ort.wasm.min.js', await readFile(join(runtime, 'ort.wasm.min.js')));
    await write('runtime/NOTICE.txt', notice);
    const [glue, wasm] = await Promise.all(
      ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'].map(name => readFile(join(runtime, name))),
    );
    const facts = {
      ...{ title, classNames: method.classNames },
      model: await inParts('model', model, write),
      glue: await inParts('runtime/glue', glue!, write),
      wasm: await inParts('runtime/wasm', wasm!, write),
    };
    await write('classifier.js', `globalThis.classifier = ${JSON.stringify(facts)};\n`);
    await rm(folder, { recursive: true, force: true });
    await rename(making, folder);
  } catch (cause) {
    await rm(making, { recursive: true, force: true });
    throw cannotWrite(folder, cause);
  }
  return { folder, bytes };
}

/** Writes bytes as scripts that hand them over as text: a page opened from the disk may load scripts and nothing else. */
async function inParts(name: string, content: Uint8Array, write: (name: string, content: string) => Promise<void>) {
  const parts: string[] = [];
  for (let start = 0; start < content.length; start += partBytes) {
    const part = `${name}-${parts.length}`;
    const some = content.subarray(start, start + partBytes);
    const text = Buffer.from(some.buffer, some.byteOffset, some.byteLength).toString('base64');
    await write(`${part}.js`, `part("${part}", "${text}");\n`);
    parts.push(part);
  }
  return { parts, bytes: content.length };
}

/** Folder of onnxruntime-web's built files: beside this package, or where the program runs. */
function webRuntime(): string {
  for (const from of [import.meta.url, pathToFileURL(join(process.cwd(), 'x.js')).href]) {
    try {
      return dirname(createRequire(from).resolve('onnxruntime-web/wasm'));
    } catch {} // told below
  }
  throw new Error(
    'A page needs ONNX Runtime for browsers, which is not installed: npm install onnxruntime-web@1.30.0.',
  );
}

function checkReplaceable(folder: string): void {
  if (!existsSync(folder)) return;
  let inside: string[];
  try {
    inside = readdirSync(folder);
  } catch (cause) {
    throw cannotWrite(folder, Object.assign(new Error('', { cause }), { code: 'EEXIST' }));
  }
  if (inside.length > 0 && !(inside.includes('classifier.js') && inside.includes('page.js')))
    throw new Error(`${folder} holds other files than a page of an earlier export; give another folder.`);
}
