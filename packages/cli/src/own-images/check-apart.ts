import { realpath } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path';

/**
 * Checks that a classifier's folder is separate from its images: its pictures would become training images next time.
 * @throws one sentence if one folder is the other or is inside it
 */
export async function checkApart(images: string, out: string): Promise<void> {
  const [from, to] = await Promise.all([place(images), place(out)]);
  const how =
    from === to
      ? 'is the folder of the images'
      : isInside(to, from)
        ? `is inside the folder of the images, ${images}`
        : isInside(from, to)
          ? `holds the folder of the images, ${images}`
          : undefined;
  if (how) throw new Error(`--out ${out} ${how}; give a folder apart from it, for the classifier alone.`);
}

function isInside(path: string, folder: string): boolean {
  const way = relative(folder, path);
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/** The absolute path, with links resolved as far as it exists. */
export async function place(path: string): Promise<string> {
  const whole = resolve(path);
  const real = await realpath(whole).catch(() => undefined);
  if (real !== undefined || dirname(whole) === whole) return real ?? whole;
  return join(await place(dirname(whole)), basename(whole));
}
