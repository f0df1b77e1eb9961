import { decodeHTML } from 'entities';

/**
 * A text as the published code cleans it first (`basic_clean` of openai/CLIP and OpenCLIP): HTML entities become signs.
 * Of ftfy's repairs of broken text, it applies only those of quotes, ligatures, full-width characters and composed
 * accents.
 */
export function basicClean(text: string): string {
  // ftfy decodes entities before its other repairs, unless the text may be HTML
  const repaired = (text.includes('<') ? text : allDecoded(text))
    .replace(/[‘’‚‛]/g, "'")
    .replace(/[“”„‟]/g, '"')
    .replace(/[ﬀ-ﬆ\uff01-\uff5e]/g, sign => sign.normalize('NFKC'))
    .normalize('NFC');
  return decodeHTML(decodeHTML(repaired));
}

/** Words with one space between them. */
export const spaced = (text: string): string => text.replace(/\s+/g, ' ').trim();

/** Decodes entities until there are none left; each is longer than its sign. */
function allDecoded(text: string): string {
  const decoded = decodeHTML(text);
  return decoded === text ? text : allDecoded(decoded);
}
