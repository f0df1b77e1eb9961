/**
 * A Markdown table, padded for reading in a terminal, with numbers right-aligned.
 * @param {string[]} head
 * @param {unknown[][]} rows
 */
export function markdownTable(head, rows) {
  const cells = [head, ...rows].map(row => row.map(text => String(text ?? '').replaceAll('|', '\\|')));
  const widths = head.map((_, i) => Math.max(3, ...cells.map(row => row[i].length)));
  const isNumeric = head.map((_, i) => cells.slice(1).every(row => /^(|–|[\d.,]+( ±.*)?)$/.test(row[i])));
  const line = texts => `| ${texts.join(' | ')} |`;
  const padded = row => line(row.map((text, i) => (isNumeric[i] ? text.padStart(widths[i]) : text.padEnd(widths[i]))));
  const rule = widths.map((width, i) => `${'-'.repeat(width - 1)}${isNumeric[i] ? ':' : '-'}`);
  return [padded(cells[0]), line(rule), ...cells.slice(1).map(padded)].join('\n');
}
