import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { folders } from './folders.mjs';
import { graphFigure } from './graph-figure.mjs';
import { averages, measuredTables } from './measured.mjs';
import { methodFigure } from './method-figure.mjs';
import { touches } from './method-touches.mjs';

/**
 * Generated parts of a page, written as `<!-- part: measured base-to-new -->`: functions of the words after the name
 * that return Markdown.
 */
export const parts = {
  /** The averages of this repository's runs of a protocol. */
  async measured(protocol) {
    const found = (await measuredTables()).find(table => table.protocol === protocol);
    if (!found) throw new Error(`docs/results/records has no runs of ${protocol}.`);
    const note = `*${found.title}; average over ${found.tasks.length} tasks, in percent. ± is the deviation over seeds.*`;
    return [averages(found), note, found.reading].join('\n\n');
  },

  /** The graph of a small training step. */
  graph: () => graphFigure(),

  /** Where a method touches CLIP. */
  figure: id => `<div class="figure">${methodFigure(id, touches[id])}</div>`,

  /** A Markdown file written by a block of the page, as a quotation. */
  kept(file) {
    const text = readFileSync(join(folders.public, 'kept', file), 'utf8');
    const withImages = text.replace(
      /\]\((?!\w+:)([^)]+)\)/g,
      (_, target) => `](/kept/${posix.join(posix.dirname(file), target)})`,
    );
    return withImages.trim().replace(/^(#*)/gm, (_, marks) => `> ${marks && `${marks}###`}`);
  },
};
