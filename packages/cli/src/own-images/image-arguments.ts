import { realpath, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { createInterface } from 'node:readline';
import { isArchiveName, isBesidePictures, unpackedFolder } from '@dgprompt/datasets/files';
import { glob, isDynamicPattern } from 'tinyglobby';

const imageFile = '**/*.{jpg,jpeg,jpe,jfif,png,webp,gif,bmp,tif,tiff,pbm,pgm,ppm,pnm,avif,heic,heif}';

/**
 * Expands arguments to image files: files, folders and archives (all images in them), patterns such as `'more/*.jpg'`
 * that the shell did not expand, and `-` for paths on stdin, one per line.
 *
 * @returns paths as they become known, including missing files, so that opening them fails with their name
 */
export async function* imageArguments(
  args: readonly string[],
  stdin: NodeJS.ReadableStream = process.stdin,
): AsyncGenerator<string, void, undefined> {
  for (const argument of args) {
    if (argument === '-') {
      for await (const line of createInterface({ input: stdin, crlfDelay: Number.POSITIVE_INFINITY }))
        if (line.trim() !== '') yield line;
      continue;
    }
    const found = await stat(argument).catch(() => undefined);
    if (found?.isDirectory()) yield* await matching(imageFile, argument);
    else if (found?.isFile() && isArchiveName(argument))
      yield* await matching(imageFile, await unpackedFolder(argument));
    else if (found === undefined && isDynamicPattern(argument)) {
      const paths = await matching(argument.replaceAll('\\', '/'));
      yield* paths.length > 0 ? paths : [argument];
    } else yield argument;
  }
}

async function matching(pattern: string, cwd?: string): Promise<string[]> {
  const paths = await glob(pattern, {
    cwd,
    absolute: isAbsolute(pattern),
    caseSensitiveMatch: false,
    expandDirectories: false,
  });
  if (cwd === undefined) return paths.sort();
  const wanted = paths.filter(path => !path.split('/').some(isBesidePictures)).sort();
  const inFolder = wanted.map(path => join(cwd, path));
  const first = new Map<string, string>(); // a link to a folder above shows images again
  for (const path of inFolder) {
    const real = await realpath(path).catch(() => path);
    if (!first.has(real)) first.set(real, path);
  }
  return [...first.values()];
}
