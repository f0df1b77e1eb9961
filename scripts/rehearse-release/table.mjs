/**
 * @param {Record<string, string | number | undefined>[]} rows with the same keys
 * @returns {string} a Markdown table, padded for reading in a terminal
 */
export function markdownTable(rows) {
  const columns = Object.keys(rows[0]);
  const cells = [columns, ...rows.map(row => columns.map(column => String(row[column] ?? '')))];
  const widths = columns.map((_, i) => Math.max(3, ...cells.map(line => line[i].length)));
  const isNumber = columns.map(column => rows.every(row => row[column] === undefined || Number.isFinite(row[column])));
  const line = (texts, i = 0) =>
    `| ${texts.map((text, j) => (isNumber[j] && i > 0 ? text.padStart(widths[j]) : text.padEnd(widths[j]))).join(' | ')} |`;
  const rule = `| ${widths.map((width, i) => `${'-'.repeat(width - 1)}${isNumber[i] ? ':' : '-'}`).join(' | ')} |`;
  return [line(cells[0]), rule, ...cells.slice(1).map(line, 1)].join('\n');
}
