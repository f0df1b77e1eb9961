/** Text that may stand in a page as it is. */
export interface Html {
  readonly html: string;
}

/** What a template takes: strings are escaped, `Html` is not; nothing comes of `undefined`, `null` and `false`. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

/** A template of HTML in which every string that is put in is escaped, as class names and paths may hold anything. */
export function html(text: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: text.map((piece, i) => piece + (i < parts.length ? written(parts[i]) : '')).join('') };
}

/** Marks text as HTML already. */
export const raw = (text: string): Html => ({ html: text });

/** Text for an element or a quoted attribute. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, character => entities[character]!);

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function written(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(written).join('');
}
