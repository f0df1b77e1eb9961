import type { Table } from '@dgprompt/bench';
import { viewsEnding, withoutViews } from '@dgprompt/bench/methods';
import type { Section, TableGroup } from '@dgprompt/bench/tables';
import { type Html, html } from '../html.js';
import { againstClip } from '../plots/against-clip.js';
import { scatter } from '../plots/scatter.js';
import type { Look } from '../plots/styles.js';
import { taskScores } from '../plots/task-scores.js';
import { sheetTable } from './sheet-table.js';

/** Tables and plots of runs tested on base and new classes, as in the papers; for ablations, only the average. */
export function baseToNewSection({ table, sheet, isPart }: Section, looks: Map<string, Look>): Html {
  const { columns, groups, average } = sheet;
  const card = ({ name, rows }: (typeof groups)[number]) => sheetTable({ caption: name, columns, rows }, looks);
  if (isPart) return html`<div class="cards">${groups.map(card)}</div>`;
  return html`<div class="figures"><div class="stack">${average && card(average)}${harmonicMeans(table, looks)}</div><div class="stack">${overview(table, looks)}${changes(table, looks)}</div></div>
<details open><summary>Every task</summary><div class="cards">${groups.map(card)}</div></details>`;
}

/** Base against new of the averages, or of the only task. */
function overview({ overall, tasks, methods }: Table, looks: Map<string, Look>): Html | undefined {
  const shown = overall ?? (tasks.length === 1 ? tasks[0] : undefined);
  const points = methods.flatMap(method => {
    const { base, new: fresh } = shown?.cells[method] ?? {};
    return base && fresh ? [{ method, base, new: fresh }] : [];
  });
  return points.length > 0 ? scatter(points, looks) : undefined;
}

function harmonicMeans({ tasks, methods }: Table, looks: Map<string, Look>): Html | undefined {
  const scores = everyCell(tasks, methods).flatMap(({ task, method, cells }) =>
    cells.H ? [{ task, method, value: cells.H.mean }] : [],
  );
  if (scores.length === 0) return undefined;
  return taskScores(scores, looks, {
    measure: 'harmonic mean H, %',
    caption: 'H on every task, averaged over seeds.',
  });
}

function changes({ tasks, methods }: Table, looks: Map<string, Look>): Html | undefined {
  const found = everyCell(tasks, methods).flatMap(({ task, method, cells: { base, new: fresh }, clip }) =>
    withoutViews(method) !== 'clip' && base && fresh && clip?.base && clip.new
      ? [{ task, method, base: base.mean - clip.base.mean, new: fresh.mean - clip.new.mean }]
      : [],
  );
  return found.length > 0 ? againstClip(found, looks) : undefined;
}

const everyCell = (tasks: readonly TableGroup[], methods: readonly string[]) =>
  tasks.flatMap(({ name: task, cells }) =>
    methods.flatMap(method => {
      const clip = cells[`clip${viewsEnding(method)}`]; // in as many views
      return cells[method] ? [{ task, method, cells: cells[method], clip }] : [];
    }),
  );
