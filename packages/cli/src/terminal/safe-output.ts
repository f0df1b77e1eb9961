import { printable } from '@dgprompt/io';
import pc from 'picocolors';

/** Colours and styles, as picocolors writes them. */
const styles = String.raw`\u001b\[[\d;]*m`;

/** Matches nothing: without colour support, no colour codes in a text are ours. */
const nothing = '(?!)';

/** What progress bars write in addition: codes that move the cursor, clear lines, and hide what they overwrite. */
const bars = String.raw`\u001b\[[?\d;]*[A-Za-z]|\u001b[78]|\r`;

/**
 * Escapes whatever a terminal could obey in a line, except our own colours. Names must already be escaped with
 * `printable` before they go into the line, since their colours are not ours.
 */
export const safeLine = (text: string, coloured = pc.isColorSupported): string =>
  escaped(text, coloured ? styles : nothing);

const escaped = (text: string, kept: string): string =>
  text
    .split(new RegExp(`((?:${kept})+)`))
    .map((part, i) => (i % 2 === 0 ? printable(part, Number.POSITIVE_INFINITY) : part))
    .join('');

/**
 * The last barrier before a stream: no control, bidirectional or separator character from a library or an error reaches
 * a terminal. Within JSON, the escapes are JSON's own. Bars may move a terminal's cursor.
 * @returns a function that removes the barrier
 */
export function guardStream(stream: NodeJS.WriteStream, coloured = pc.isColorSupported): () => void {
  const { write } = stream;
  const kept = String.raw`${coloured ? styles : nothing}|[\n\t]${stream.isTTY ? `|${bars}` : ''}`;
  const guarded = (chunk: unknown, ...rest: unknown[]) =>
    (write as (...all: unknown[]) => boolean).call(
      stream,
      typeof chunk === 'string' ? escaped(chunk, kept) : chunk,
      ...rest,
    );
  stream.write = guarded as typeof stream.write;
  return () => {
    if (stream.write === guarded) stream.write = write;
  };
}
