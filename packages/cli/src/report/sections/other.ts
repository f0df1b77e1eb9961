import type { Section, SheetRow } from '@dgprompt/bench/tables';
import { type Html, html } from '../html.js';
import type { Look } from '../plots/styles.js';
import { taskScores } from '../plots/task-scores.js';
import { sheetTable } from './sheet-table.js';

/** For runs trained on one dataset and tested on others: one table per source, one column per test. */
export function transferSection({ table, sheet }: Section, looks: Map<string, Look>): Html {
  const { columns, methods, tasks } = table;
  const several = tasks.length > 1;
  const tables = [...sheet.groups, ...(sheet.average ? [sheet.average] : [])].map(({ name, rows }) =>
    sheetTable({ caption: name === sheet.average?.name ? name : `Trained on ${name}`, columns, rows }, looks),
  );
  const plots = tasks.map(({ name, cells }) => {
    const scores = columns.slice(0, -1).flatMap(task =>
      methods.flatMap(method => {
        const cell = cells[method]?.[task];
        return cell ? [{ task, method, value: cell.mean }] : [];
      }),
    );
    const title = `Accuracy on every test${several ? ` after training on ${name}` : ''}`;
    const about = 'Averaged over seeds.';
    return methods.length > 1 && scores.length > 0 && taskScores(scores, looks, { measure: 'top-1, %', title, about });
  });
  return html`${tables}<div class="figures">${plots}</div>`;
}

/** For any other protocol: a table for each test, with one column per task. */
export const otherSection = (section: Section, looks: Map<string, Look>): Html =>
  html`${section.table.columns.map((_, place) => testSection(section, looks, place))}`;

/** @param place of the test among the columns */
function testSection({ table, sheet }: Section, looks: Map<string, Look>, place: number): Html {
  const { methods, tasks } = table;
  const test = table.columns[place]!;
  const groups = [...sheet.groups, ...(sheet.average && sheet.groups.length > 1 ? [sheet.average] : [])];
  const rows = groups[0]!.rows.map(
    ({ method, kind }): SheetRow => ({
      method,
      kind,
      cells: groups.map(group => {
        const row = group.rows.find(one => one.method === method && one.kind === kind);
        return row?.cells[place] ?? { text: '' };
      }),
    }),
  );
  const scores = tasks.flatMap(({ name, cells }) =>
    methods.flatMap(method => {
      const cell = cells[method]?.[test];
      return cell ? [{ task: name, method, value: cell.mean }] : [];
    }),
  );
  const columns = groups.map(({ name }) => name);
  const figure = { measure: `${test}, %`, title: 'Every task', about: 'Averaged over seeds.' };
  return html`${sheetTable({ caption: `${sheet.columns[place]!} %`, columns, rows }, looks)}
${methods.length > 1 && scores.length > 0 && html`<div class="figures">${taskScores(scores, looks, figure)}</div>`}`;
}
