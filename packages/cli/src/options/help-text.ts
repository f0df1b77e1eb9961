import type { Command, Help } from 'commander';

/** The narrowest column of descriptions; narrower terminals wrap the lines themselves. */
const narrowest = 16;

/**
 * Breaks text at spaces so that lines fit into a width. Shortens lines if that keeps the last one from being a single
 * word.
 */
export function wrapped(text: string, width: number): string {
  return text
    .split('\n')
    .map(line => paragraph(line, width).join('\n'))
    .join('\n');
}

function paragraph(text: string, width: number): string[] {
  const widest = lines(text, width);
  if (widest.length < 2) return widest;
  for (let narrower = width; narrower > width / 2; narrower--) {
    const tried = lines(text, narrower);
    if (tried.length > widest.length) break;
    if (tried.at(-1)!.includes(' ')) return tried;
  }
  return widest;
}

function lines(text: string, width: number): string[] {
  const all: string[] = [];
  for (const word of text.split(' ')) {
    const last = all.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) all[all.length - 1] = `${last} ${word}`;
    else all.push(word);
  }
  return all;
}

/** Help layout for commander: as wide as the terminal, without single words on a line. */
export const helpLayout: Partial<Help> = {
  minWidthToWrap: narrowest,
  boxWrap: wrapped,
};

/** The text after the options: examples, with remarks after two spaces, and notes. */
export function helpEnding(command: Command, examples: readonly string[], notes?: string): string {
  const width = command.configureOutput().getOutHelpWidth?.() ?? 80;
  const shown = examples.map(example => exampleText(`  dgprompt ${example}`, width)).join('\n');
  return `\nExamples:\n${shown}${notes === undefined ? '' : `\n\n${wrapped(notes, width)}`}`;
}

/** A command is never broken, so that it can be copied; a remark that does not fit goes below it. */
function exampleText(line: string, width: number): string {
  const [, typed, remark] = /^( *\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
  if (line.length <= width || remark === undefined) return line;
  return `${typed}\n      ${wrapped(remark, width - 6).replaceAll('\n', '\n      ')}`;
}
