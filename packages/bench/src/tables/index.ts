export {
  type FileFormat,
  type Format,
  formatOf,
  formats,
  knownEndings,
  type TablesInfo,
  tablesAs,
} from './formats/all.js';
export { cellText, csvLine } from './formats/csv-line.js';
export { markdownTable } from './formats/markdown.js';
export { recordsInOrder } from './order.js';
export { type Section, sectionsOf } from './section.js';
export { intervalText, type Sheet, type SheetCell, type SheetGroup, type SheetRow, sheetOf, signed } from './sheet.js';
export { mean, standardDeviation } from './spread.js';
export type { Cell, Cells, TableGroup } from './table.js';
