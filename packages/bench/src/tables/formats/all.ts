import { extname } from 'node:path';
import { markdownText, printable } from '@dgprompt/io';
import { own } from '../../records/own.js';
import type { Section } from '../section.js';
import { csvTables } from './csv.js';
import { jsonTables } from './json.js';
import { latexTable, latexText } from './latex.js';
import { markdownTable } from './markdown.js';

/** Formats of a table; `text` is for terminals only. */
export const formats = ['text', 'markdown', 'latex', 'csv', 'json'] as const;
export type Format = (typeof formats)[number];
export type FileFormat = Exclude<Format, 'text'>;

const endings: Readonly<Record<string, FileFormat>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.tex': 'latex',
  '.csv': 'csv',
  '.json': 'json',
};

/**
 * A file's format by its extension; undefined if it is not a table format.
 *
 * @example
 * ```ts
 * import { formatOf } from '@dgprompt/bench/tables';
 *
 * console.log(formatOf('table.tex'), formatOf('table.doc')); // latex undefined
 * ```
 */
export const formatOf = (file: string): FileFormat | undefined => own(endings, extname(file).toLowerCase());

/** The extensions, for messages. */
export const knownEndings = '.md for Markdown, .tex for LaTeX, .csv or .json';

/** The content of a file in addition to its tables. */
export interface TablesInfo {
  /** How the file was made, as a Markdown sentence. */
  madeBy: string;
  /** Whether Markdown includes run times, which vary between runs. Defaults to false. */
  times?: boolean;
  /** Added next to the tables in the JSON. */
  more?: Record<string, unknown>;
}

/**
 * All tables as one text that ends with a line break.
 *
 * @example
 * ```ts
 * import { comparable, readRecords } from '@dgprompt/bench';
 * import { sectionsOf, tablesAs } from '@dgprompt/bench/tables';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * const sections = comparable(records).flatMap(sectionsOf);
 * const text = tablesAs('markdown', sections, { madeBy: 'Made by hand.' });
 * console.log(text.split('\n')[0]); // ## pictograms, base-to-new, …
 * ```
 */
export function tablesAs(
  format: FileFormat,
  sections: readonly Section[],
  { madeBy, times = false, more }: TablesInfo,
): string {
  if (format === 'csv') return `${csvTables(sections)}\r\n`;
  if (format === 'json') return `${jsonTables(sections, more)}\n`;
  if (format === 'markdown') return `${sections.map(section => markdown(section, times)).join('\n')}\n${madeBy}\n`;
  if (format === 'latex') {
    const head = `% ${printable(madeBy.replaceAll('`', ''), Number.POSITIVE_INFINITY)}\n% Needs \\usepackage{booktabs} in the preamble.\n`;
    return `${[head, ...sections.map(latex)].join('\n')}`;
  }
  throw new Error(`There is no table format ${format satisfies never}.`);
}

function markdown({ title, isPart, sheet, legend, gaps, citations, cost, reading }: Section, times: boolean): string {
  const parts = [
    `${isPart ? '###' : '##'} ${markdownText(title)}`,
    ...(isPart ? [] : [legend]),
    markdownTable(sheet),
    markdownText(gaps.join(' ')),
    citations.map((one, i) => (i === 0 ? one : `- ${one}`)).join('\n'),
    markdownText(reading),
    times ? markdownText(cost) : '',
  ];
  return `${parts.filter(part => part !== '').join('\n\n')}\n`;
}

function latex({ title, sheet, legend, gaps, citations, reading }: Section): string {
  const caption = [`${title}.`, legend, ...gaps].join(' ');
  const said = [...citations, reading].filter(line => line !== '').map(line => `% ${latexText(line)}`);
  return `${[...said, latexTable(sheet, caption)].join('\n')}\n`;
}
