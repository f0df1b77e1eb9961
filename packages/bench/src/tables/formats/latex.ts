import { printable } from '@dgprompt/io';
import { rowTitle, type Sheet, type SheetCell, type SheetGroup } from '../sheet.js';

/**
 * A table as LaTeX for the booktabs package: the averages first, then every task, separated by rules. The best of a
 * column is bold, the second best underlined.
 */
export function latexTable({ groupHead, columns, groups, average }: Sheet, caption: string): string {
  const lead = groupHead === undefined ? ['method'] : [groupHead, 'method'];
  const rows = ({ name, rows }: SheetGroup) =>
    rows.map((row, i) => {
      const names = groupHead === undefined ? [rowTitle(row)] : [i === 0 ? name : '', rowTitle(row)];
      return line([...names.map(latexText), ...row.cells.map(marked)]);
    });
  const blocks = [...(average ? [average] : []), ...groups].map(rows);
  return [
    '\\begin{table}',
    '  \\centering',
    `  \\caption{${latexText(caption)}}`,
    `  \\begin{tabular}{${'l'.repeat(lead.length)}${'r'.repeat(columns.length)}}`,
    '    \\toprule',
    line([...lead, ...columns].map(latexText)),
    '    \\midrule',
    ...blocks.flatMap((block, i) => (i === 0 ? block : ['    \\midrule', ...block])),
    '    \\bottomrule',
    '  \\end{tabular}',
    '\\end{table}',
  ].join('\n');
}

const line = (cells: string[]): string => `    ${cells.join(' & ')} \\\\`;

function marked({ text, mark }: SheetCell): string {
  if (mark === undefined) return latexText(text);
  return `\\${mark === 'best' ? 'textbf' : 'underline'}{${latexText(text)}}`;
}

const commands: Readonly<Record<string, string>> = {
  '\\': '\\textbackslash{}',
  '~': '\\textasciitilde{}',
  '^': '\\textasciicircum{}',
  '<': '\\textless{}',
  '>': '\\textgreater{}',
  '|': '\\textbar{}',
  '−': '$-$',
  '±': '$\\pm$',
  '–': '--',
  '…': '\\ldots{}',
  '’': "'",
  '“': '``',
  '”': "''",
  // LaTeX would read these as options of the preceding row end.
  '[': '{[}',
  ']': '{]}',
  '*': '{*}',
};

/** Escapes text for LaTeX; characters that fonts may lack become commands. */
export function latexText(text: string): string {
  return printable(text, Number.POSITIVE_INFINITY).replace(
    /[\\~^<>|−±–…’“”[\]*]|[&%$#_{}]/g,
    sign => commands[sign] ?? `\\${sign}`,
  );
}
