import { expect, test } from 'vitest';
import { emojiNames, loadEmoji } from './emoji.js';
import { iconWords, isJunk, linkToEmoji } from './names.js';

const emoji = loadEmoji();
const names = emojiNames(emoji);
const linked = (set: string, name: string) => {
  const link = linkToEmoji(iconWords(set, name).words, names, i => emoji[i]!.subgroup.startsWith('animal'));
  return link && `${emoji[link.emoji]!.label} (${link.kind})`;
};

test('icon names lose style and numbering but no content', () => {
  expect(iconWords('ph', 'paw-print-bold').words).toEqual(['paw', 'print']);
  expect(iconWords('tabler', 'traffic-light').words).toEqual(['traffic', 'light']);
  expect(iconWords('hugeicons', 'polar-bear-01').words).toEqual(['polar', 'bear']);
});

test('icons are linked to the emoji they name', () => {
  expect(linked('game-icons', 'elephant')).toBe('elephant (exact)');
  expect(linked('mdi', 'food-apple-outline')).toBe('red apple (exact)');
  expect(linked('fxemoji', 'aubergine')).toBe('eggplant (exact)');
  expect(linked('game-icons', 'leather-turtle')).toBe('turtle (head)');
  expect(linked('game-icons', 'alligator-clip')).toBeUndefined();
});

test('people, flags and clock faces are not in the corpus', () => {
  const labels = emoji.map(e => e.label);
  expect(labels).toContain('polar bear');
  for (const label of ['man', 'flag france', "twelve o'clock"]) expect(labels).not.toContain(label);
});

test('interface icons are junk, things are not', () => {
  expect(isJunk(['arrow', 'left'])).toBe(true);
  expect(isJunk(['map', 'pin', 'plus'])).toBe(true);
  expect(isJunk(['sea', 'turtle'])).toBe(false);
});
