import { benchmarks } from '@dgprompt/datasets';
import type { RunConfig } from '../../records/config.js';
import { own } from '../../records/own.js';
import { elevenDatasets, imagenetVariants } from '../../suites/paper-datasets.js';
import { harmonicMean } from '../harmonic-mean.js';
import { mean } from '../spread.js';
import { sourceColumn, targetsColumn } from '../transfer-measures.js';
import {
  baseToNewFigures,
  crossDatasetFigures,
  domainGeneralizationFigures,
  fewShotFigures,
  type Source,
  type TransferFigures,
} from './published-figures.js';

/** The papers' figures for one kind of table. Methods are looked up by id, so one with other options has no figures. */
export interface Published {
  /** @param columns the table's columns, for an average over some of them */
  figure(method: string, task: string, column: string, columns: readonly string[]): number | undefined;
  /** As published for all eleven datasets; computed from the figures for fewer, or if none is published. */
  average(method: string, column: string, tasks: readonly string[]): number | undefined;
  source(method: string): Source | undefined;
}

/** The papers' figures for a run on their datasets, with their protocols and 16 shots; undefined for other runs. */
export function publishedFor({
  protocol,
  suite,
  shots,
}: Pick<RunConfig, 'protocol' | 'suite' | 'shots'>): Published | undefined {
  if (suite !== 'paper' && !benchmarks.some(({ id }) => id === suite)) return undefined;
  if (protocol === 'few-shot') return fewShot;
  return shots === 16 ? own(with16Shots, protocol) : undefined;
}

const indexOf = (dataset: string): number => (elevenDatasets as readonly string[]).indexOf(dataset);

const isAll = (tasks: readonly string[]): boolean => tasks.length === elevenDatasets.length;

/** Mean over datasets; undefined if one of them has no figure. */
function meanOf(figures: readonly number[] | undefined, tasks: readonly string[]): number | undefined {
  const values = tasks.map(task => figures?.[indexOf(task)]).filter(value => value !== undefined);
  return values.length === tasks.length && tasks.length > 0 ? mean(values) : undefined;
}

const split: Published = {
  figure: (method, task, column) => own(baseToNewFigures, method)?.[column as 'base' | 'new' | 'H']?.[indexOf(task)],
  average(method, column, tasks) {
    const figures = own(baseToNewFigures, method);
    if (isAll(tasks)) return figures?.average[column as 'base' | 'new' | 'H'];
    if (column !== 'H') return meanOf(figures?.[column as 'base' | 'new'], tasks);
    const [base, fresh] = [meanOf(figures?.base, tasks), meanOf(figures?.new, tasks)];
    return base === undefined || fresh === undefined ? undefined : harmonicMean(base, fresh);
  },
  source: method => own(baseToNewFigures, method),
};

const fewShot: Published = {
  figure: (method, task, column) => own(fewShotFigures, method)?.tasks[Number.parseInt(column, 10)]?.[indexOf(task)],
  average(method, column, tasks) {
    const [figures, shots] = [own(fewShotFigures, method), Number.parseInt(column, 10)];
    return (isAll(tasks) ? figures?.average[shots] : undefined) ?? meanOf(figures?.tasks[shots], tasks);
  },
  source: method => own(fewShotFigures, method),
};

function transfer(figuresOf: Record<string, TransferFigures>, targets: readonly string[]): Published {
  const target = (method: string, column: string) => own(figuresOf, method)?.targets[targets.indexOf(column)];
  return {
    figure(method, task, column, columns) {
      if (task !== 'imagenet') return undefined;
      if (column === sourceColumn) return own(figuresOf, method)?.source;
      if (column !== targetsColumn) return target(method, column);
      const shown = columns.filter(one => one !== sourceColumn && one !== targetsColumn);
      if (shown.length === targets.length) return own(figuresOf, method)?.average;
      const values = shown.map(one => target(method, one)).filter(value => value !== undefined);
      return values.length === shown.length && shown.length > 0 ? mean(values) : undefined;
    },
    average: () => undefined,
    source: method => own(figuresOf, method),
  };
}

const with16Shots: Readonly<Record<string, Published>> = {
  'base-to-new': split,
  'cross-dataset': transfer(crossDatasetFigures, elevenDatasets.slice(1)),
  'domain-generalization': transfer(domainGeneralizationFigures, imagenetVariants),
};
