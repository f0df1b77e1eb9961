/** Words for the style of a drawing, not its content: stripped from the ends of icon names. */
const styleWords = new Set(
  `outline outlined filled fill line linear solid duotone duo twotone stroke remix flat broken alt o variant expressive
  strong negative 24px 16px fi freesans`.split(/\s+/),
);

/** Words that mean style in some sets and content elsewhere ("traffic-light", "finish-line"). */
const styleWordsOf: Record<string, readonly string[]> = {
  ph: ['thin', 'light', 'bold'],
  fluent: ['light', 'regular', 'color'],
  'fluent-color': ['light', 'regular', 'color'],
  'material-symbols': ['rounded', 'sharp'],
  solar: ['bold', 'linear'],
  ion: ['sharp'],
  famicons: ['sharp'],
  'streamline-ultimate': ['bold'],
  'dinkie-icons': ['small'],
  maki: ['11', '15'],
  pepicons: ['pop'],
  'lets-icons': ['light'],
};

/** Icons of screens rather than things: useless for recognising a picture of a thing. */
const junk = new Set(
  `arrow arrows arrowhead chevron caret caron align alignment border text format letter letters number numeric digit font
  paragraph heading h1 h2 h3 h4 h5 h6 indent outdent typography slash off disabled checkmark checkbox radio-button toggle
  sync refresh upload download export import cursor pointer brand logo logos google facebook twitter github gitlab linkedin
  instagram youtube whatsapp telegram tiktok pinterest reddit adobe microsoft apple-logo android ios windows figma sketch
  bitcoin ethereum crypto usd eur currency sql html css javascript typescript python php xml json api http https wifi-off
  cjk hangul latin cyrillic greek ideograph uppercase lowercase subscript superscript column columns row rows sort filter
  layout grid margin padding crop resize maximize minimize expand collapse fullscreen window browser tab tabs sidebar panel
  modal dropdown menu ellipsis dots kebab hamburger-menu breadcrumb pagination undo redo rewind forward next previous skip
  abstract abstrakt skin o'clock otfeature box-light braille code database server vpn ip lan dns ssl captcha keycap
  kanban diagram flowchart workflow vector anchor-point bezier lasso polygon hexagon-letter regex ui ux sdk
  unchecked checked kubernetes node button reorder nodes hint multiple`.split(/\s+/),
);

/** Badges that user-interface sets add to everything: "map-pin-plus", "bell-edit". */
const badges = new Set(
  `plus minus check x xmark add remove edit delete cancel settings cog search star-badge alert error warning info question
  exclamation up down left right top bottom circle square pause stop play clock time user lock unlock share heart star bolt
  pin code dollar euro pound yen percent link unlink cloud bookmark dot dots key eye question-mark cross tick high low 1 2 3
  4 5 6 7 8 9`.split(/\s+/),
);

/** Category words that some sets put before the name ("food-apple", "animal-elephant"). */
const categoryWords = new Set(
  `food animal animals weather transport transportation vehicle vehicles sport sports nature ecology shopping travel music
  medical device devices plant plants building buildings map places emoji space technology beauty household tools tool
  kitchen fruit vegetable drink drinks pet pets bird holiday party money game games hardware furniture clothing clothes
  i ios md bxs bx entertainment leisure social activity hobby computer`.split(/\s+/),
);

const keepDigits = new Set(['3d', '8', '4k', '360']);

/** An icon name as words, without style and numbering; an empty list if it names nothing worth drawing. */
export function iconWords(set: string, name: string): { words: string[]; style: string } {
  let words = name.toLowerCase().split(/[-_]+/).filter(Boolean);
  const own = styleWordsOf[set] ?? [];
  if (
    words.length > 1 &&
    (words[0] === 'ios' || words[0] === 'md' || words[0] === 'bxs' || words[0] === 'bx' || words[0] === 'i')
  ) {
    words = words.slice(1);
  }
  if (words[0] === 'bxl' || words[0] === 'logo' || words[0] === 'brand') return { words: [], style: '' };
  const style: string[] = [];
  const removable = (w: string) => styleWords.has(w) || own.includes(w) || (/^\d+$/.test(w) && !keepDigits.has(w));
  while (words.length > 1 && removable(words.at(-1)!)) style.unshift(words.pop()!);
  words = words.flatMap(w => (w === 'streamline' ? [] : [w.replace(/(?<=[a-z]{3})\d+$/, '')]));
  return { words, style: style.join('-') };
}

/** Whether a name refers to user interfaces, brands or letters. */
export function isJunk(words: readonly string[]): boolean {
  if (words.length === 0 || words.length > 6 || words.every(w => w.length < 2 || /^\d/.test(w))) return true;
  if (words.some(w => junk.has(w))) return true;
  if (words.length > 1 && words.slice(1).some(w => badges.has(w))) return true;
  if (words.some(w => w.length === 1 && !/[a]/.test(w))) return true;
  return words.length === 1 && (badges.has(words[0]!) || /^\d+$/.test(words[0]!));
}

const singular = (w: string): string =>
  w.length > 3 && w.endsWith('s') && !w.endsWith('ss')
    ? w.endsWith('ies')
      ? `${w.slice(0, -3)}y`
      : w.slice(0, -1)
    : w;

const ornaments = new Set(
  'face head side animal icon symbol emoji shape front full simple emoticon small big large one two'.split(' '),
);

/** Head words with other meanings in compounds ("computer mouse", "alligator clip", "fire bug"). */
const looseHeads = new Set(
  `mouse bat bug ant duck seal crane fly horse bear bull dragon ball chick shell worm root star ring key bell orange date
  leek mic bar ram fish egg pie salt roll chip chips top ski sled car tank ship eye shield trap card hat cap bag glass four screw field frame horizontal vertical road web`.split(
    /\s+/,
  ),
);

/** How reliably an icon depicts an emoji's thing: `exact`: its name says so; `head`: its name is a kind of it. */
export interface Link {
  emoji: number;
  kind: 'exact' | 'head';
}

/**
 * The emoji named by an icon's words, if any.
 *
 * @param names squashed emoji names → index (see `emojiNames`)
 * @param headsOf whether an emoji may be linked by the last word alone ("barn owl" → owl)
 */
export function linkToEmoji(
  words: readonly string[],
  names: ReadonlyMap<string, number>,
  headsOf: (emoji: number) => boolean,
): Link | undefined {
  const find = (w: readonly string[]): number | undefined =>
    w.length === 0
      ? undefined
      : (names.get(w.join('')) ??
        names.get([...w.slice(0, -1), singular(w.at(-1)!)].join('')) ??
        names.get(`${w.join('')}s`));
  const tries: (readonly string[])[] = [words];
  let rest = [...words];
  while (rest.length > 1 && ornaments.has(rest.at(-1)!)) {
    rest = rest.slice(0, -1);
    tries.push(rest);
  }
  if (words.length > 1 && categoryWords.has(words[0]!)) {
    tries.push(words.slice(1), rest.slice(1));
    if (words.length > 2) tries.push(words.slice(2));
  }
  for (const t of tries) {
    const emoji = find(t);
    if (emoji !== undefined) return { emoji, kind: 'exact' };
  }
  for (let from = 1; from < words.length; from++) {
    const tail = words.slice(from);
    const emoji = find(tail);
    if (emoji === undefined || !headsOf(emoji)) continue;
    if (tail.length === 1 && looseHeads.has(singular(tail[0]!))) continue;
    return { emoji, kind: 'head' };
  }
  return undefined;
}
