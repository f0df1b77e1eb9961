import type { Emoji } from './emoji.js';

/** Sentences around a name. The first one is the tasks' own template. */
export const templates = [
  'an icon of a {}.',
  'a photo of a {}.',
  'a picture of a {}.',
  'a drawing of a {}.',
  '{}',
  'a {} emoji',
  'clip art of a {}.',
  'an image of a {}.',
  'a cartoon {}.',
  'an icon of a {}.',
] as const;

/** Fills a name into a template, with "an" before a vowel, except in the tasks' template, which never changes. */
export function fill(template: string, name: string): string {
  const text = template.replace('{}', name);
  return template === templates[0] || !/^[aeio]/.test(name) ? text : text.replace(`a ${name}`, `an ${name}`);
}

/** Keywords shared by few emoji: a keyword of many things says little about each. */
export function rareTags(emoji: readonly Emoji[], most = 6): string[][] {
  const counts = new Map<string, number>();
  for (const e of emoji) for (const t of e.tags) counts.set(t, (counts.get(t) ?? 0) + 1);
  return emoji.map(e => e.tags.filter(t => counts.get(t)! <= most && t.length > 2));
}

/** The parts of a caption. */
export interface Named {
  name: string;
  /** Equally good alternative names. */
  others: readonly string[];
  /** Keywords that distinguish it from others. */
  rare: readonly string[];
  /** All keywords. */
  tags: readonly string[];
}

/**
 * A caption: usually a template with a name, one time in four keywords.
 *
 * @param random uniform in [0, 1)
 */
export function caption({ name, others, rare, tags }: Named, random: () => number): string {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  const template = pick(templates);
  const said = others.length > 0 && random() < 0.35 ? pick(others) : name;
  const kind = random();
  if (kind < 0.09 && rare.length > 0) return fill(template, pick(rare));
  if (kind < 0.19 && tags.length > 0) return `${said}, ${pick(tags)}`;
  if (kind < 0.25 && tags.length > 1) {
    const first = pick(tags);
    const second = pick(tags);
    return first === second ? `${said}, ${first}` : `${said}, ${first}, ${second}`;
  }
  return fill(template, said);
}
