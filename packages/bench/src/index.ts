export { type BenchOptions, type BenchResult, bench, type Runner, type RunnerEvents } from './bench.js';
export { ablations, type ChosenMethods, chooseMethods } from './choose-methods.js';
export type { DgpromptConfig } from './config/config-type.js';
export { type Comparable, comparable, tableTitle } from './distinguish.js';
export { machine, versions } from './environment.js';
export { fingerprint } from './fingerprint.js';
export { methodTitle } from './method-title.js';
export { type FailedRun, type Planned, type PlanOptions, planRuns, type RunName } from './plan-runs.js';
export { openProtocol, protocols } from './protocols/index.js';
export type { Experiment, Parts, Protocol, TestSet } from './protocols/protocol.js';
export { readTable } from './reading.js';
export { findRecord, type RunRecord, readRecords, type TestResult, writeRecord } from './record.js';
export { type Reporter, reporter, silent } from './reporter.js';
export {
  type Performed,
  type Predictions,
  prepareRun,
  type Run,
  type RunOptions,
  type RunProgress,
  type RunSetting,
} from './run.js';
export { canonicalJson, configHash, type Json, type RunConfig, runName } from './run-config.js';
export { type SearchOptions, type SearchResult, search, type Tried } from './search.js';
export { type GridFactors, gridFactors, searchable } from './search-grid.js';
export { readSettings } from './settings-file.js';
export { chooseTasks, type LoadOptions, openSuite, type Suite, suiteNames } from './suite.js';
export { type Cell, type Cells, harmonicMean, makeTable, type Score, type Table, type TableGroup } from './table.js';
export { tableText } from './table-text.js';
export { tableMarkdown } from './tables/markdown.js';
