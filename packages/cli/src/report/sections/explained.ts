import { type ExplainedMethod, explainedMethod, readExplanation } from '@dgprompt/bench/explain';
import { methodTitle } from '@dgprompt/bench/methods';
import { copyButton } from '../copy.js';
import { explainedTable, hasUnused, readExplained, unusedNote } from '../explained-table.js';
import type { Group } from '../group.js';
import { type Html, html } from '../html.js';
import { controlDifferences } from '../plots/control-differences.js';

/** What the conditioning of a group's methods is worth, if `dgprompt explain` has examined their runs. */
export async function explainedSection({ records, methods }: Group): Promise<Html | undefined> {
  const runs = await Promise.all(
    records.map(async record => ({ record, explanation: await readExplanation(record, record.folder) })),
  );
  const found = methods.flatMap(method => {
    const own = runs.flatMap(({ record, explanation }) =>
      explanation && record.config.method === method ? [{ record, explanation }] : [],
    );
    return explainedMethod(own) ?? [];
  });
  if (found.length === 0) return undefined;
  return html`<h3>What the conditioning carries</h3>
<p class="note">Accuracy when what a method is conditioned on is replaced, with the same prompts: if it stays, the prompts carry the method.</p>
${found.map(one => html`<div class="figures"><div>${table(one)}</div>${controlDifferences(one)}</div>`)}`;
}

function table(explained: ExplainedMethod): Html {
  const all = explainedTable(explained);
  const title = methodTitle(explained.method);
  const [, ...columns] = all.head;
  return html`<div class="sheet"><p class="title"><b>${title}</b>${copyButton(`controls of ${title}`, [all.head, ...all.rows])}</p><div class="scroll" tabindex="0" role="group" aria-label="Controls of ${title}"><table class="scores">
<thead><tr><td></td>${columns.map(column => html`<th scope="col">${column}</th>`)}</tr></thead>
<tbody>
${all.rows.map(([name, ...cells]) => html`<tr><th scope="row">${name}</th>${cells.map(cell => html`<td>${cell}</td>`)}</tr>\n`)}</tbody></table></div></div>
<p class="note">${readExplained(explained)}${hasUnused(all) && ` ${unusedNote}`}</p>`;
}
