import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type IconSet, packageFolder, readIconSet, svgOf } from '../src/icons.js';
import { isBlank, rasterize } from '../src/raster.js';
import { type StyleName, styleNames } from '../src/styles.js';
import type { TaskPlan } from '../src/tasks.js';
import { drawingsOf, type Picture, type PicturedClass } from './make-split.js';

/** A picture and its pixels. */
export interface DrawnPicture extends Picture {
  /** RGBA bytes, rasterSize × rasterSize × 4. */
  raster: Uint8Array;
}

const require = createRequire(import.meta.url);

interface Emoji {
  label: string;
  hexcode: string;
  /** Version of Unicode's emoji that introduced it. */
  version: number;
  subgroup?: number;
}

/** Everything needed to find the pictures: the sets, and each set's names of characters. */
export interface Sources {
  emoji: Emoji[];
  subgroups: Record<string, string>;
  sets: Map<StyleName, IconSet>;
  names: Record<string, string>[];
}

/** Names with fewer drawings are not classes: training, validation and test need at least four. */
const atLeast = { styles: 5, drawings: 4 };

/**
 * EmojiOne 2 has only Emoji 4 and older; a later emoji's name may be an older emoji's name there (cricket the game, not
 * the insect).
 */
const lastEmoji: Partial<Record<StyleName, number>> = { emojione: 4 };

/** Reads all sets, and each style's names of characters. */
export async function readSources(): Promise<Sources> {
  const sets = new Map<StyleName, IconSet>();
  for (const style of styleNames) if (style !== 'fluent-emoji-3d') sets.set(style, await readIconSet(style));
  const named: StyleName[] = ['twemoji', 'noto', 'openmoji', 'fluent-emoji-flat'];
  const names = await Promise.all(
    named.map(async style => JSON.parse(await readFile(join(packageFolder(style), 'chars.json'), 'utf8'))),
  );
  return {
    emoji: require('emojibase-data/en/data.json') as Emoji[],
    subgroups: require('emojibase-data/meta/groups.json').subgroups,
    sets,
    names,
  };
}

/** A label as a class name: lower case, plain apostrophes, no accents. */
export const cleanName = (label: string): string =>
  label.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('’', "'").replace(/[“”]/g, '').toLowerCase().trim();

/**
 * A task's classes with their pictures, in alphabetical order. Leaves out pictures that cannot be drawn or are nearly
 * empty, and pictures that one style uses for two classes.
 *
 * @param note called with every picture and class that is left out, and the reason
 */
export async function picturedClasses(
  plan: TaskPlan,
  sources: Sources,
  note: (reason: string, what: string) => void,
): Promise<PicturedClass<DrawnPicture>[]> {
  const emoji = sources.emoji.filter(({ subgroup }) =>
    plan.subgroups.includes(sources.subgroups[subgroup ?? -1] ?? ''),
  );
  const drawn = new Map<string, Map<string, DrawnPicture>>(); // class name → picture's content → picture
  const users = new Map<string, number>();
  for (const { label, hexcode, version } of emoji) {
    const own = new Map<string, DrawnPicture>();
    for (const style of styleNames) {
      if (version > (lastEmoji[style] ?? Number.POSITIVE_INFINITY)) continue;
      const found = await findPicture(style, label, hexcode, sources);
      if (found === undefined) continue;
      const raster = await rasterize(found.source).catch(() => undefined);
      if (raster === undefined || isBlank(raster)) {
        note(raster === undefined ? 'cannot be drawn' : 'blank', `${style}/${found.icon}`);
        continue;
      }
      const content = `${style}:${createHash('sha256').update(raster).digest('hex')}`;
      users.set(content, (users.get(content) ?? 0) + 1);
      own.set(content, { style, icon: found.icon, raster });
    }
    drawn.set(cleanName(label), own);
  }

  const classes: PicturedClass<DrawnPicture>[] = [];
  for (const [name, own] of drawn) {
    const pictures: DrawnPicture[] = [];
    for (const [content, picture] of own) {
      if (users.get(content) === 1) pictures.push(picture);
      else note('one picture for two names', `${picture.style}/${picture.icon}`);
    }
    if (pictures.length < atLeast.styles || drawingsOf(pictures).length < atLeast.drawings) {
      note('too few styles', name);
    } else {
      classes.push({ name, pictures });
    }
  }
  return classes.sort((a, b) => (a.name < b.name ? -1 : 1));
}

async function findPicture(
  style: StyleName,
  label: string,
  hexcode: string,
  { sets, names }: Sources,
): Promise<{ icon: string; source: Buffer } | undefined> {
  const code = hexcode.toLowerCase();
  if (style === 'fluent-emoji-3d') {
    for (const icon of [code, code.replaceAll('-fe0f', ''), `${code}-fe0f`]) {
      const file = join(packageFolder(style), 'assets', `${icon}.webp`);
      if (existsSync(file)) return { icon, source: await readFile(file) };
    }
    return undefined;
  }
  const called = names.flatMap(table => table[code] ?? table[code.replaceAll('-fe0f', '')] ?? []);
  const slug = cleanName(label)
    .replaceAll("'", '')
    .replace(/[^a-z0-9]+/g, '-');
  for (const icon of [...called, slug]) {
    const svg = svgOf(sets.get(style)!, icon);
    if (svg !== undefined) return { icon, source: Buffer.from(svg) };
  }
  return undefined;
}
