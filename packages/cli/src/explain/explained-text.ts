import type { ExplainedMethod } from '@dgprompt/bench/explain';
import { methodTitle } from '@dgprompt/bench/methods';
import { markdownText, printable } from '@dgprompt/io';
import pc from 'picocolors';
import { explainedTable, hasUnused, readExplained, unusedNote } from '../report/explained-table.js';
import { textTable } from '../terminal/table.js';

/** A method's controls and their setting, such as `pictograms, base-to-new, 16 shots`. */
export interface Titled {
  title: string;
  explained: ExplainedMethod;
}

const titleOf = ({ title, explained }: Titled): string => printable(`${methodTitle(explained.method)}: ${title}`, 1000);

/** A table for a terminal, with its reading. */
export function explainedText(titled: Titled): string {
  const table = explainedTable(titled.explained);
  return [
    `${pc.bold(titleOf(titled))} ${pc.dim('(accuracy in %)')}`,
    textTable({
      head: table.head.map(name => pc.dim(printable(name))),
      groups: [table.rows.map(row => row.map(cell => printable(cell)))],
      align: 'lr',
    }),
    ...(hasUnused(table) ? [pc.dim(unusedNote)] : []),
    readExplained(titled.explained),
  ].join('\n');
}

/** The same as Markdown. */
export function explainedMarkdown(titled: Titled): string {
  const { head, rows } = explainedTable(titled.explained);
  const line = (cells: readonly string[]) => `| ${cells.map(cell => markdownText(cell)).join(' | ')} |`;
  const rule = `| --- |${head
    .slice(1)
    .map(() => ' ---: |')
    .join('')}`;
  const note = hasUnused({ head, rows }) ? ` ${unusedNote}` : '';
  return [
    `## ${markdownText(titleOf(titled))}`,
    '',
    line(head),
    rule,
    ...rows.map(line),
    '',
    readExplained(titled.explained) + note,
  ].join('\n');
}
