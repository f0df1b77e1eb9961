import { unzip } from 'fflate';
import type { Found } from './files.js';
import { isPictureName, typeOf } from './kinds.js';

/** Limited because a zip is unpacked in memory. */
export const mostZipBytes = 2 ** 30;

export const isZip = (file: File): boolean => /\.zip$/i.test(file.name) || file.type === 'application/zip';

/** The pictures of a zip. @throws if it is damaged */
export async function zippedFiles(file: File): Promise<Found[]> {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const inside = await new Promise<Record<string, Uint8Array>>((resolve, reject) =>
    unzip(bytes, { filter: ({ name }) => isPictureName(name) }, (error, files) =>
      error ? reject(error) : resolve(files),
    ),
  );
  return Object.entries(inside).map(([path, content]) => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    return { path, file: new File([content as Uint8Array<ArrayBuffer>], name, { type: typeOf(name) }) };
  });
}
