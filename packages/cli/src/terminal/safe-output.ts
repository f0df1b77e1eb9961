import { printable } from '@dgprompt/io';
import pc from 'picocolors';

/** Colours and styles, as picocolors writes them. */
const styles = String.raw`\u001b\[[\d;]*m`;

/** Where there are no colours, those in a text are not ours. */
const nothing = '(?!)';

/** What a terminal's progress bars write besides: they move the cursor, clear lines, and hide what they draw over. */
const bars = String.raw`\u001b\[[?\d;]*[A-Za-z]|\u001b[78]|\r`;

/**
 * A line for a terminal: what a name in it could make a terminal obey is escaped, our own colours are not. Names that
 * are put into a line are escaped before, by `printable`, since their colours are not ours.
 */
export const safeLine = (text: string, coloured = pc.isColorSupported): string =>
  escaped(text, coloured ? styles : nothing);

const escaped = (text: string, kept: string): string =>
  text
    .split(new RegExp(`((?:${kept})+)`))
    .map((part, i) => (i % 2 === 0 ? printable(part, Number.POSITIVE_INFINITY) : part))
    .join('');

/**
 * The last barrier before a stream: whatever a library or an error writes, no control, bidirectional or separating
 * character reaches a terminal. Within JSON, the escapes are JSON's own. Bars may move the cursor of a terminal.
 * @returns a function that takes the barrier away
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
