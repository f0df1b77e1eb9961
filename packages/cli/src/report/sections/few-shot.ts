import type { Section, TableGroup } from '@dgprompt/bench/tables';
import { type Html, html } from '../html.js';
import { fewShotCurves, type ShotScore } from '../plots/few-shot-curves.js';
import { type Look, legend } from '../plots/styles.js';
import { sheetTable } from './sheet-table.js';

/** Curves over the number of shots, on average and per task, with their numbers. */
export function fewShotSection({ table, sheet }: Section, looks: Map<string, Look>): Html {
  const { columns, tasks, methods, overall } = table;
  const curves = ({ cells }: TableGroup): ShotScore[] =>
    methods.flatMap(method =>
      columns.flatMap(column => {
        const cell = cells[method]?.[column];
        return cell ? [{ ...cell, method, shots: Number.parseInt(column, 10) }] : []; // a column is `16 shots`
      }),
    );
  const card = ({ name, rows }: Section['sheet']['groups'][number]) =>
    sheetTable({ caption: name, columns, rows }, looks);
  const [main, mainSheet] = tasks.length === 1 ? [tasks[0], sheet.groups[0]] : [overall, sheet.average];
  const bands = 'Bands: one standard deviation over seeds on each side.';
  const [title, about] = ['Accuracy by images per class', table.seeds.length > 1 ? bands : undefined];
  return html`${
    main &&
    mainSheet &&
    html`<div class="figures">${card(mainSheet)}${fewShotCurves(curves(main), looks, { title, about })}</div>`
  }
${
  tasks.length > 1 &&
  html`${legend(methods, looks)}<div class="figures small">${tasks.map(task => fewShotCurves(curves(task), looks, { title: task.name, small: true }))}</div>
<details><summary>The numbers of every task</summary><div class="cards">${sheet.groups.map(card)}</div></details>`
}`;
}
