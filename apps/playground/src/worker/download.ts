import { readBytes, removePath } from '@dgprompt/io';
import { exportModel } from '@dgprompt/methods/classifier';
import { zipSync } from 'fflate';
import type { Calls, Download } from './protocol.js';
import { savedFiles, trainedMethod } from './train.js';
import { webPage } from './web-page.js';

/** A trained method as a file to save. */
export async function download({ kind, method: id, title, settings }: Calls['download']['params']): Promise<Download> {
  const method = await trainedMethod(id, settings);
  const name = `${fileName(title)}-${fileName(id)}`;
  if (kind === 'folder') return { name: `${name}.zip`, blob: zipped(await savedFiles(method), name) };
  if (kind === 'page') return { name: `${name}-page.zip`, blob: zipped(await webPage(method, title), `${name}-page`) };
  const file = `/export/${name}.onnx`;
  await exportModel(method, { file });
  const model = await readBytes(file);
  await removePath(file);
  return {
    name: `${name}.onnx`,
    blob: new Blob([model as Uint8Array<ArrayBuffer>], { type: 'application/octet-stream' }),
  };
}

const fileName = (text: string) => text.toLowerCase().replaceAll(/[^\p{L}\p{N}]+/gu, '-') || 'classifier';

function zipped(files: Readonly<Record<string, Uint8Array>>, folder: string): Blob {
  const inside = Object.fromEntries(Object.entries(files).map(([name, bytes]) => [`${folder}/${name}`, bytes]));
  return new Blob([zipSync(inside, { level: 6 })], { type: 'application/zip' });
}
