import { printable } from '@dgprompt/io';

/** Markup that needs no escaping. */
export interface Html {
  readonly html: string;
}

/** A part of a template: strings are escaped, `Html` is not; `undefined`, `null` and `false` print nothing. */
export type Part = Html | string | number | undefined | null | false | readonly Part[];

/** An HTML template that escapes every inserted string, because class names and paths may contain anything. */
export function html(text: TemplateStringsArray, ...parts: Part[]): Html {
  return { html: text.map((piece, i) => piece + (i < parts.length ? written(parts[i]) : '')).join('') };
}

/** Marks text as HTML. */
export const raw = (text: string): Html => ({ html: text });

/**
 * Escapes text for an element or a quoted attribute. Control characters and those that change text direction are
 * written as codes.
 */
export const escaped = (text: string): string =>
  printable(text, Number.POSITIVE_INFINITY).replace(/[&<>"']/g, character => entities[character]!);

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

function written(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (typeof part === 'string') return escaped(part);
  if (typeof part === 'number') return String(part);
  return 'html' in part ? part.html : part.map(written).join('');
}
