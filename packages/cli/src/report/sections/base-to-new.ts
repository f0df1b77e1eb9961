import type { Table } from '@dgprompt/bench';
import { viewsEnding, withoutViews } from '@dgprompt/bench/methods';
import type { Section, TableGroup } from '@dgprompt/bench/tables';
import { type Html, html } from '../html.js';
import { againstClip } from '../plots/against-clip.js';
import { scatter } from '../plots/scatter.js';
import { type Look, named } from '../plots/styles.js';
import { taskScores } from '../plots/task-scores.js';
import { sheetTable } from './sheet-table.js';

/** Tables and plots of runs tested on base and new classes, as in the papers; for ablations, only the average. */
export function baseToNewSection({ table, sheet, isPart }: Section, looks: Map<string, Look>): Html {
  const { columns, groups, average } = sheet;
  const card = ({ name, rows }: (typeof groups)[number]) => sheetTable({ caption: name, columns, rows }, looks);
  if (isPart) return html`<div class="cards">${groups.map(card)}</div>`;
  const [first, ...others] = [average && card(average), harmonicMeans(table, looks), overview(table, looks)].filter(
    part => part !== undefined,
  );
  const isLong = table.methods.length > named; // then both plots fit next to the table
  const columnsOf = isLong ? [[first], others.reverse()] : [[first, ...others.slice(0, -1)], others.slice(-1)];
  const every = html`<div class="cards">${groups.map(card)}</div>`;
  return html`<div class="figures">${columnsOf.filter(column => column.length > 0).map(column => html`<div class="stack">${column}</div>`)}</div>
${changes(table, looks)}
${groups.length === 1 ? every : html`<details${!isLong && ' open'}><summary>The numbers of every task</summary>${every}</details>`}`;
}

/** Base against new accuracy of the averages, or of the only task. */
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
  return taskScores(scores, looks, { measure: 'harmonic mean H of base and new classes, %', title: 'H on every task' });
}

function changes({ tasks, methods }: Table, looks: Map<string, Look>): Html | undefined {
  const found = everyCell(tasks, methods).flatMap(({ task, method, cells: { base, new: fresh }, clip }) =>
    withoutViews(method) !== 'clip' && base && fresh && clip?.base && clip.new
      ? [{ task, method, base: base.mean - clip.base.mean, new: fresh.mean - clip.new.mean }]
      : [],
  );
  if (found.length === 0 || tasks.length === 1) return undefined;
  return html`<h3>Every task against zero-shot CLIP</h3>${againstClip(found, looks)}`;
}

const everyCell = (tasks: readonly TableGroup[], methods: readonly string[]) =>
  tasks.flatMap(({ name: task, cells }) =>
    methods.flatMap(method => {
      const clip = cells[`clip${viewsEnding(method)}`]; // with the same number of views
      return cells[method] ? [{ task, method, cells: cells[method], clip }] : [];
    }),
  );
