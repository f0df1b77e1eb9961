import type { Precision } from '@dgprompt/engine/portable';
import {
  cannotWrite,
  checkWritable,
  folderOf,
  joinPath,
  listFolder,
  lockFile,
  makeFolder,
  movePath,
  pathExists,
  printable,
  readPlainFile,
  removePath,
  resolvePath,
  writeFileAtomic,
} from '@dgprompt/io';
import type { Method } from '../learner/types.js';
import { base64, pageFolder, temporaryName, webRuntimeFolder } from '../runtime/node.js';
import { portableClassifier } from './portable.js';

export interface ExportWebOptions {
  /** The folder to write; replaces that of an earlier export. */
  folder: string;
  /** Heading of the page. */
  title: string;
  /** How weights are stored. Default: fp32. */
  precision?: Precision;
  /**
   * Where the page's own files are: a folder, or in a browser the address of a copy of `@dgprompt/methods/web`.
   * Default: in this package
   */
  page?: string;
  /**
   * Where ONNX Runtime's files are: a folder, or in a browser the address of a copy of `onnxruntime-web/dist`. Default:
   * the installed package
   */
  runtime?: string;
}

const pageFiles = ['index.html', 'page.css', 'page.js'];

const notice = `ort.wasm.min.js, glue and wasm are ONNX Runtime's files for browsers (npm: onnxruntime-web).
Copyright (c) Microsoft Corporation. MIT License: https://github.com/microsoft/onnxruntime/blob/main/LICENSE
`;

/** Bytes per script: base64 adds a third, and a browser holds a script as one string. */
const partBytes = 24 * 2 ** 20;

/**
 * Writes a classifier as a folder of static files: a page that classifies an image from a file or the camera. It works
 * on any web server and from disk, without a network, since onnxruntime-web's files are copied into it.
 *
 * @returns the folder, and the bytes of all files
 * @throws one sentence if onnxruntime-web is not installed, or if the folder has other files or is not writable
 *
 * @example
 * ```ts
 * import { mkdtempSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 * import { loadClip } from '@dgprompt/clip';
 * import { zeroshot } from '@dgprompt/methods';
 * import { exportWeb } from '@dgprompt/methods/classifier';
 * import { miniClip } from '@dgprompt/pictograms';
 *
 * const method = zeroshot(await loadClip(miniClip), ['sun', 'moon']);
 * const folder = join(mkdtempSync(join(tmpdir(), 'x-')), 'page');
 * console.log((await exportWeb(method, { folder, title: 'Sky' })).bytes > 100_000); // true
 * ```
 */
export const exportWeb = (method: Method, options: ExportWebOptions): Promise<{ folder: string; bytes: number }> =>
  lockFile(options.folder, () => exportAlone(method, options), { doing: 'export' });

async function exportAlone(
  method: Method,
  { folder, title, precision = 'fp32', page = pageFolder(), runtime = webRuntimeFolder() }: ExportWebOptions,
): Promise<{ folder: string; bytes: number }> {
  if (runtime === undefined)
    throw new Error(
      'A page needs ONNX Runtime for browsers, which is not installed: npm install onnxruntime-web@1.30.0.',
    );
  if (page === undefined) throw new Error('Say where the files of @dgprompt/methods/web are: page.');
  await checkReplaceable(folder);
  await checkWritable(folderOf(resolvePath(folder)));
  const model = await portableClassifier(method, { input: 'image', precision });
  const making = `${resolvePath(folder)}.${temporaryName()}.tmp`;
  let bytes = 0;
  const write = async (name: string, content: string | Uint8Array) => {
    await writeFileAtomic(joinPath(making, name), content);
    bytes += content.length;
  };
  try {
    await makeFolder(joinPath(making, 'runtime'));
    for (const name of pageFiles) await write(name, await readPlainFile(`${page}/${name}`));
    await write('runtime/ort.wasm.min.js', await readPlainFile(`${runtime}/ort.wasm.min.js`));
    await write('runtime/NOTICE.txt', notice);
    const [glue, wasm] = await Promise.all(
      ['ort-wasm-simd-threaded.mjs', 'ort-wasm-simd-threaded.wasm'].map(name => readPlainFile(`${runtime}/${name}`)),
    );
    const facts = {
      title,
      classNames: method.classNames,
      model: await inParts('model', model, write),
      glue: await inParts('runtime/glue', glue!, write),
      wasm: await inParts('runtime/wasm', wasm!, write),
    };
    await write('classifier.js', `globalThis.classifier = ${asciiJson(facts)};\n`);
    await removePath(folder);
    await movePath(making, folder);
  } catch (cause) {
    await removePath(making);
    throw cannotWrite(folder, cause);
  }
  return { folder, bytes };
}

/**
 * JSON without anything that an editor, a terminal or an old script parser would interpret, and without an end of
 * script.
 */
const asciiJson = (value: unknown): string =>
  JSON.stringify(value).replace(/[^ -~]|</g, sign => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);

/** Writes bytes as scripts with base64 text, since a page opened from disk can only load scripts. */
async function inParts(name: string, content: Uint8Array, write: (name: string, content: string) => Promise<void>) {
  const parts: string[] = [];
  for (let start = 0; start < content.length; start += partBytes) {
    const part = `${name}-${parts.length}`;
    const text = base64(content.subarray(start, start + partBytes));
    await write(`${part}.js`, `part("${part}", "${text}");\n`);
    parts.push(part);
  }
  return { parts, bytes: content.length };
}

/** Names of an export's files. */
const OURS = /^(index\.html|page\.css|page\.js|classifier\.js|runtime|model-\d+\.js)$/;
const OURS_IN_RUNTIME = /^(ort\.wasm\.min\.js|NOTICE\.txt|(glue|wasm)-\d+\.js)$/;

async function checkReplaceable(folder: string): Promise<void> {
  if (!(await pathExists(folder))) return;
  const inside = await listFolder(folder).catch(cause => {
    throw cannotWrite(folder, Object.assign(new Error('', { cause }), { code: 'EEXIST' }));
  });
  const runtime = inside.includes('runtime') ? await listFolder(joinPath(folder, 'runtime')).catch(() => ['']) : [];
  const stranger = inside.find(name => !OURS.test(name)) ?? runtime.find(name => !OURS_IN_RUNTIME.test(name));
  if (stranger !== undefined || (inside.length > 0 && !inside.includes('page.js')))
    throw new Error(
      `${folder} holds files that no earlier export wrote${stranger ? `, such as ${printable(stranger)}` : ''}; give another folder.`,
    );
}
