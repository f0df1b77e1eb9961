import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { type Emoji, emojiNames, loadEmoji, plain, squash } from './emoji.js';
import { iconWords, isJunk, linkToEmoji } from './names.js';
import { type Source, sources } from './sources.js';

/** `install-sources.mjs` installs the sets. */
const require = createRequire(new URL('sources/package.json', import.meta.url));

/** One picture of the corpus, before it is drawn. */
export interface Entry {
  /** `set:icon`, unique. */
  id: string;
  kind: Source['kind'];
  /** Its name in words, as in a caption. */
  name: string;
  /** Further names (the set's aliases, friendly names). */
  aliases: string[];
  /** Index in the list of emoji, if it depicts an emoji's thing. */
  emoji?: number;
  link?: 'exact' | 'head';
  /** Whether it shares words with task-like emoji. */
  related: boolean;
}

export interface Selection {
  emoji: Emoji[];
  entries: Entry[];
}

interface IconSet {
  icons: Record<
    string,
    { body: string; left?: number; top?: number; width?: number; height?: number; hidden?: boolean }
  >;
  aliases?: Record<string, { parent: string; rotate?: number; hFlip?: boolean; vFlip?: boolean }>;
  width?: number;
  height?: number;
  left?: number;
  top?: number;
}

const carbonFolder = () => join(dirname(installed('@carbon/pictograms/package.json')), 'svg');

function installed(file: string): string {
  try {
    return require.resolve(file);
  } catch (cause) {
    throw new Error(`${dirname(file)} is not installed: run "npm run pretrain-sources -w @dgprompt/lab".`, { cause });
  }
}

/** The icons of a set by name; each is a function, so that nothing is built before it is drawn. */
export function openSet(source: Source): {
  names: string[];
  aliases: Map<string, string[]>;
  svg(name: string): string;
} {
  if (source.name === 'carbon-pictograms') {
    const folder = carbonFolder();
    const names = readdirSync(folder)
      .filter(f => f.endsWith('.svg'))
      .map(f => f.slice(0, -4))
      .sort();
    return { names, aliases: new Map(), svg: name => readFileSync(join(folder, `${name}.svg`), 'utf8') };
  }
  const set = JSON.parse(readFileSync(installed(`@iconify-json/${source.name}/icons.json`), 'utf8')) as IconSet;
  const aliases = new Map<string, string[]>();
  for (const [alias, { parent, rotate, hFlip, vFlip }] of Object.entries(set.aliases ?? {})) {
    if (!rotate && !hFlip && !vFlip) aliases.set(parent, [...(aliases.get(parent) ?? []), alias]);
  }
  return {
    names: Object.keys(set.icons).filter(name => !set.icons[name]!.hidden),
    aliases,
    svg(name) {
      const icon = set.icons[name]!;
      const [w, h] = [icon.width ?? set.width ?? 16, icon.height ?? set.height ?? 16];
      const [x, y] = [icon.left ?? set.left ?? 0, icon.top ?? set.top ?? 0];
      return (
        `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="${x} ${y} ${w} ${h}" ` +
        `width="64" height="64" color="#000">${icon.body}</svg>`
      );
    },
  };
}

const headGroups =
  /^(animal|plant|food|drink|transport|music|sport|clothing|sky|place-building|place-geographic|tool|light)/;
const stop = new Set('a an of the in on and with or to for at from by side face new old one two small big'.split(' '));

/** The emoji depicted by an icon of an emoji style, from its name. */
function styleEmoji(name: string, names: ReadonlyMap<string, number>): number | undefined {
  const tries = [name, name.replace(/-\d+$/, ''), name.replace(/side$/, ''), name.replace(/-face$/, '')];
  for (const t of tries) {
    const index = names.get(squash(t));
    if (index !== undefined) return index;
  }
  return undefined;
}

/** Most drawings of one name from one set: linked to an emoji, related to one, neither. */
const variants = { linked: 3, related: 2, other: 1 };

/**
 * Selects and labels the pictures of the corpus. Pure: the installed, pinned packages determine the result.
 *
 * @param only sets to choose from (default: all)
 */
export function selectEntries(only?: readonly string[]): Selection {
  const emoji = loadEmoji();
  const names = emojiNames(emoji);
  const vocabulary = new Set<string>();
  for (const e of emoji) {
    if (!e.tasklike) continue;
    for (const text of [e.label, ...e.tags]) {
      for (const w of text.split(/[ '-]+/)) if (w.length > 2 && !stop.has(w)) vocabulary.add(w);
    }
  }
  const entries: Entry[] = [];
  for (const source of sources) {
    if (only && !only.includes(source.name)) continue;
    const set = openSet(source);
    const counts = new Map<string, number>();
    for (const name of [...set.names].sort(byPreference)) {
      if (source.kind === 'emoji') {
        const index = styleEmoji(name, names);
        if (index === undefined || /skin-tone/.test(name) || mistaken.has(`${source.name}:${name}`)) continue;
        entries.push({
          id: `${source.name}:${name}`,
          kind: 'emoji',
          name: emoji[index]!.label,
          aliases: [],
          emoji: index,
          link: 'exact',
          related: emoji[index]!.tasklike,
        });
        continue;
      }
      const { words } = iconWords(source.name, name);
      const link = linkToEmoji(words, names, i => headGroups.test(emoji[i]!.subgroup));
      const exact = link?.kind === 'exact';
      if (words.length === 0 || (!exact && isJunk(words)) || (exact && hopeless.test(words.join('-')))) continue;
      // Beyond emoji-like things, sets of user-interface icons add little.
      const related = words.some(w => vocabulary.has(w) || vocabulary.has(w.replace(/s$/, '')));
      if (!related && !link && interfaceSets.has(source.name)) continue;
      if (words.join('-') === 'mouse' && source.kind === 'monochrome' && source.name !== 'game-icons') continue;
      const key = words.join(' ');
      const seen = counts.get(key) ?? 0;
      if (seen >= (exact ? variants.linked : related ? variants.related : variants.other)) continue;
      counts.set(key, seen + 1);
      const aliases = (set.aliases.get(name) ?? [])
        .map(a => iconWords(source.name, a).words)
        .filter(a => !isJunk(a) && a.join(' ') !== key)
        .map(a => plain(a.join(' ')));
      entries.push({
        id: `${source.name}:${name}`,
        kind: source.kind,
        name: plain(key),
        aliases: [...new Set(aliases)].slice(0, 4),
        ...(link && { emoji: link.emoji, link: link.kind }),
        related: related || (link !== undefined && emoji[link.emoji]!.tasklike),
      });
    }
  }
  return { emoji, entries };
}

/** Pictures of emoji styles named like other emoji: flags of countries, a ribbon, people. */
const mistaken = new Set(
  `streamline-emojis:turkey streamline-emojis:japan streamline-emojis:baby-1 streamline-emojis:baby-2 streamline-emojis:baby-3
  fxemoji:baby noto-v1:baby fxemoji:bow`.split(/\s+/),
);

const interfaceSets = new Set(
  'carbon fluent-mdl2 fluent memory gravity-ui vaadin ooui tdesign proicons ri uil lets-icons boxicons tabler material-symbols iconoir'.split(
    ' ',
  ),
);

/** Symbols with Unicode names that are only strokes of a user interface. */
const hopeless =
  /arrow|button|checkmark|check-box|radio|^(plus|minus|multiply|divide|cross|x|ok|up|new|cool|free|id|ng|sos|tm|on|end|back|soon|top|a|b|o|ab)$/;

/** Filled drawings first, then outlines, then the rest: the first few of each name are kept. */
function byPreference(a: string, b: string): number {
  return rank(a) - rank(b) || (a < b ? -1 : a > b ? 1 : 0);
}

function rank(name: string): number {
  if (/(^|-)(fill|filled|solid|bold)(-\d+)?$/.test(name) || /^bxs-/.test(name)) return 0;
  if (/(^|-)(thin|light|sharp|rounded|broken|remix|negative|duotone|twotone)(-\d+)?$/.test(name)) return 2;
  return 1;
}
