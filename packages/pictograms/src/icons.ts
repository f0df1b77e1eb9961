import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type StyleName, styles } from './styles.js';

const require = createRequire(import.meta.url);

/** A set of icons in Iconify's format; only the fields used here. */
export interface IconSet {
  icons: Record<string, { body: string; width?: number; height?: number; left?: number; top?: number }>;
  aliases?: Record<string, { parent: string; hFlip?: boolean; vFlip?: boolean; rotate?: number }>;
  width?: number;
  height?: number;
}

/**
 * The source of one picture: an SVG document, or a WebP file's bytes for the 3D renderings.
 *
 * @param style one of the task styles
 * @param icon the picture's name in its package (for `fluent-emoji-3d` a file name without `.webp`)
 * @param wanted all names that will be requested in this style, the same object each time: only these are kept in
 *   memory, since a set can be 100 MB
 * @throws one sentence naming the package if it is not installed or has no such picture
 */
export async function pictureSource(style: StyleName, icon: string, wanted: ReadonlySet<string>): Promise<Buffer> {
  if (style === 'fluent-emoji-3d') {
    try {
      return await readFile(join(packageFolder(style), 'assets', `${icon}.webp`));
    } catch {
      throw noPicture(style, icon);
    }
  }
  const svgs = await svgsOf(style, wanted);
  const svg = svgs.get(icon);
  if (svg === undefined) throw noPicture(style, icon);
  return Buffer.from(svg);
}

/** Reads the whole set of a style's package (not for `fluent-emoji-3d`, which is a folder of files). */
export async function readIconSet(style: StyleName): Promise<IconSet> {
  return JSON.parse(await readFile(join(packageFolder(style), 'icons.json'), 'utf8')) as IconSet;
}

/**
 * One icon of a set as an SVG document, or undefined if the set lacks it (aliases that flip or rotate count as
 * missing).
 */
export function svgOf(set: IconSet, name: string): string | undefined {
  const alias = set.aliases?.[name];
  if (alias !== undefined && (alias.hFlip || alias.vFlip || alias.rotate)) return undefined;
  const icon = set.icons[alias?.parent ?? name];
  if (icon === undefined) return undefined;
  const width = icon.width ?? set.width ?? 16;
  const height = icon.height ?? set.height ?? 16;
  return (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" ' +
    `viewBox="${icon.left ?? 0} ${icon.top ?? 0} ${width} ${height}">${icon.body}</svg>`
  );
}

/** The folder that a style's package is installed in. @throws one sentence naming the package if it is not installed */
export function packageFolder(style: StyleName): string {
  const { package: name, version } = styles[style];
  try {
    return dirname(require.resolve(`${name}/package.json`));
  } catch {
    throw new Error(`The pictures of ${name}@${version} are not installed; run "npm install ${name}@${version}".`);
  }
}

/** The icons of a set kept in memory, by the set of wanted names. */
const kept = new WeakMap<ReadonlySet<string>, Promise<Map<string, string>>>();

function svgsOf(style: StyleName, wanted: ReadonlySet<string>): Promise<Map<string, string>> {
  let svgs = kept.get(wanted);
  if (svgs === undefined) {
    svgs = readIconSet(style).then(set => {
      const found = new Map<string, string>();
      for (const name of wanted) {
        const svg = svgOf(set, name);
        if (svg !== undefined) found.set(name, svg);
      }
      return found;
    });
    svgs.catch(() => kept.delete(wanted));
    kept.set(wanted, svgs);
  }
  return svgs;
}

function noPicture(style: StyleName, icon: string): Error {
  const { package: name, version } = styles[style];
  return new Error(`${name} has no picture "${icon}"; is it version ${version}? Run "npm install ${name}@${version}".`);
}
