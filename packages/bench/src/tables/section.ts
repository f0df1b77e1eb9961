import { viewsEnding } from '../methods/name-views.js';
import { isAblation, methodTitle } from '../methods/title.js';
import { type Comparable, methodsOf } from '../records/distinguish.js';
import type { RunRecord } from '../records/record.js';
import { ablationSheet } from './ablation-sheet.js';
import { costLine } from './cost.js';
import { chosenOnTest, citations, gaps, legend, notInAverage, resizing } from './formats/legend.js';
import { measuresOf } from './measures.js';
import { readTable } from './reading.js';
import { type Sheet, sheetOf } from './sheet.js';
import { makeTable, type Table } from './table.js';
import { toldApart } from './told-apart.js';

/** A table with its accompanying text. */
export interface Section {
  title: string;
  /** Number of records behind it. */
  runs: number;
  table: Table;
  sheet: Sheet;
  legend: string;
  /** See `gaps`. */
  gaps: string[];
  /** Sources of the papers' figures in it. */
  citations: string[];
  /** The mean time of a run of each method; empty for a single method. */
  cost: string;
  /** A sentence about the numbers; empty if no task is complete. */
  reading: string;
  /** A subsection of the section before, with a smaller heading. */
  isPart?: true;
}

/**
 * The tables of some records. A method's ablations get a separate table, so that methods are compared with methods.
 *
 * @example
 * ```ts
 * import { comparable, readRecords } from '@dgprompt/bench';
 * import { sectionsOf } from '@dgprompt/bench/tables';
 *
 * const { records } = await readRecords('docs/results/searched'); // of this repository
 * console.log(sectionsOf(comparable(records)[0]!).map(({ title }) => title).length); // …
 * ```
 */
export function sectionsOf({ title, records, notes }: Comparable): Section[] {
  const parted = records.filter(({ config }) => isAblation(config.method));
  const compared = records.filter(record => !parted.includes(record));
  if (parted.length === 0 || compared.length === 0) return [section({ title, records, notes })];
  const wholes = [...new Set(parted.map(({ config }) => wholeOf(config.method)))];
  const parts = wholes.map(whole => partsOf(whole, records, parted));
  return [section({ title, records: compared, notes }), ...parts];
}

/** The full method of an ablation such as `dgprompt:flat`. */
const wholeOf = (ablation: string): string => ablation.slice(0, ablation.indexOf(':')) + viewsEnding(ablation);

/** A method with its ablations: averages only. */
function partsOf(whole: string, records: readonly RunRecord[], parted: readonly RunRecord[]): Section {
  const own = records.filter(({ config: { method } }) => method === whole);
  const without = parted.filter(({ config }) => wholeOf(config.method) === whole);
  const part = section({
    title: `${methodTitle(whole)} without its parts`,
    records: withCommonSeeds([...own, ...without]),
  });
  const hasFewer = part.table.seeds.length < new Set(records.map(({ config }) => config.seed)).size;
  return {
    ...part,
    title: `${part.title}${hasFewer ? seedsText(part.table) : ''}`,
    ...(part.table.overall && {
      sheet: ablationSheet(part.table, whole),
      gaps: notInAverage(part.table),
      reading: '',
    }),
    isPart: true,
  };
}

/** The runs with seeds that all methods share; all runs if there are none. */
function withCommonSeeds(records: readonly RunRecord[]): RunRecord[] {
  const methods = methodsOf(records);
  const has = (method: string, seed: number) =>
    records.some(({ config }) => config.method === method && config.seed === seed);
  const common = records.filter(({ config }) => methods.every(method => has(method, config.seed)));
  return common.length > 0 ? common : [...records];
}

const seedsText = ({ seeds }: Table): string => `, seed${seeds.length === 1 ? '' : 's'} ${seeds.join(', ')}`;

function section({ title, records, notes = [] }: Comparable): Section {
  const table = makeTable(records);
  const measures = measuresOf(records);
  return {
    ...{ title, runs: records.length, table, sheet: sheetOf(table), legend: legend(table) },
    gaps: [...gaps(table), ...chosenOnTest(records), ...resizing(records), ...notes],
    citations: records[0] ? citations(table, records[0].config) : [],
    cost: costLine(records),
    reading: readTable(table, (a, b) => toldApart(records, measures, a, b)),
  };
}
