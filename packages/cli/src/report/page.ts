import { methodTitle } from '@dgprompt/bench/methods';
import { type Section, sectionsOf } from '@dgprompt/bench/tables';
import { duration } from '@dgprompt/io';
import { contentPolicy, copyScript } from './copy.js';
import { distinct, type Group, groupsOf } from './group.js';
import { type Html, html, raw } from './html.js';
import type { IsNamed } from './named-images.js';
import { type Look, looksOf, quieted } from './plots/styles.js';
import { explainedSection } from './sections/explained.js';
import { type NamedData, runsSection } from './sections/runs.js';
import { tablesSection } from './sections/tables.js';
import { taskDetails } from './sections/task-details.js';
import { bestMethods, type ShownMethods, shownMethods } from './shown-methods.js';
import type { StoredRun } from './stored-run.js';
import { style } from './style.js';
import type { WordReader } from './words.js';

/** The content of a report. */
export interface Report {
  runs: StoredRun[];
  /** One line for each omission, with the reason. */
  problems: string[];
  /** Folder of the records, as given. */
  results: string;
  reader: WordReader;
  /** Which images may be displayed. Default: none. */
  isNamed?: IsNamed;
  /** Data and CLIP that the user named, for the commands that repeat runs. */
  named?: NamedData;
  /** Size limit in bytes for the details of tasks; tasks beyond it are only named. Default: 8 MiB. */
  detailLimit?: number;
  /** Called before each task's details. */
  onTask?(progress: { done: number; total: number; task: string }): void;
}

/** The whole report as one self-contained page. */
export async function reportPage(report: Report): Promise<string> {
  const { runs, problems, results } = report;
  const groups = drawnGroups(runs);
  const details = await allDetails(groups, report);
  const explained = await Promise.all(groups.map(explainedSection));
  const sections = groups.map(
    (group, i) => html`<section id="${group.id}"><h2>${group.title}</h2>
${tablesSection(group.sections, group.looks)}
${explained[i]}
${details[i]}</section>\n`,
  );
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<title>Report of ${results}</title>
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
<header><p class="kicker">dgprompt report</p><h1><code>${results}</code></h1>${facts(runs)}</header>
<nav aria-label="Contents">${contents(groups)}</nav>
<main id="main" tabindex="-1">
${problems.length > 0 && html`<aside class="problems" aria-label="Left out"><b>Left out</b><ul>${problems.map(line => html`<li>${line}</li>`)}</ul></aside>`}
${sections}${runsSection(groups, report.named)}
</main>
<p id="said" class="unseen" role="status"></p>
<script>${raw(copyScript)}</script>
</body>
</html>
`;
  return page.html;
}

/** A group with its tables and the styles of its methods: of many, only the best are in colour. */
interface DrawnGroup extends Group {
  sections: Section[];
  looks: Map<string, Look>;
}

function drawnGroups(runs: readonly StoredRun[]): DrawnGroup[] {
  const groups = groupsOf(runs).map(group => {
    const sections = sectionsOf(group);
    return { ...group, sections, best: bestMethods(sections[0]!.table) };
  });
  const looks = looksOf(
    distinct(groups.flatMap(({ methods }) => methods)),
    distinct(groups.flatMap(({ best }) => best)),
  );
  return groups.map(({ best, ...group }) => {
    const isLong = group.sections[0]!.table.methods.length > best.length;
    return { ...group, looks: isLong ? quieted(looks, best) : looks };
  });
}

/** The details of the tasks of each group, up to the size limit. */
async function allDetails(
  groups: readonly DrawnGroup[],
  { reader, onTask, isNamed = async () => false, detailLimit = 8 * 2 ** 20 }: Report,
): Promise<Html[]> {
  const tasksOf = ({ records }: Pick<Group, 'records'>) => distinct(records.map(({ config }) => config.task));
  const total = groups.reduce((sum, group) => sum + tasksOf(group).length, 0);
  let [done, bytes] = [0, 0];
  const made: Html[] = [];
  for (const group of groups) {
    const most = Math.max(...group.records.map(({ config }) => config.shots));
    const runs = group.records.filter(({ config }) => config.shots === most);
    const shown = shownMethods(runs);
    const parts: Html[] = [];
    const left: string[] = [];
    for (const task of tasksOf({ records: runs })) {
      onTask?.({ done: done++, total, task });
      const own = runs.filter(({ config }) => config.task === task);
      const part =
        bytes < detailLimit
          ? await taskDetails({ task, runs: own, methods: group.methods, shown, looks: group.looks, reader, isNamed })
          : undefined;
      bytes += part?.html.length ?? 0;
      if (part === undefined || bytes > detailLimit) left.push(task);
      else parts.push(html`<details class="task"><summary>${task}</summary>${part}</details>\n`);
    }
    made.push(html`<h3 id="${group.id}-tasks">Task by task</h3>
<p class="note">${about(shown, most)}</p>${parts}
${left.length > 0 && html`<p class="note">To keep the page small, it has no details of ${left.join(', ')}; a report of fewer runs has them.</p>`}`);
  }
  return made;
}

/** A sentence about the contents of the details. */
function about({ method, other }: ShownMethods, shots: number): string {
  const compared = other === undefined ? '' : `, compared with ${methodTitle(other)}`;
  return `How training went, and ${methodTitle(method)} class by class and image by image${compared}${shots > 0 ? `; ${shots} shot${shots === 1 ? '' : 's'}` : ''}.`;
}

function contents(groups: readonly Group[]): Html {
  return html`<ol>${groups.map(
    ({ id, title }) => html`<li><a href="#${id}">${title}</a> <a class="sub" href="#${id}-tasks">task by task</a></li>`,
  )}<li><a href="#runs">Runs</a></li></ol>`;
}

function facts(runs: readonly StoredRun[]): Html {
  const count = (values: readonly (string | number)[], what: string) => {
    const { length } = distinct(values);
    return html`<div><dt>${what}${length === 1 ? '' : 's'}</dt><dd>${length}</dd></div>`;
  };
  const days = runs.map(({ finishedAt }) => finishedAt.slice(0, 10)).sort();
  const seconds = runs.reduce((sum, { timings }) => sum + (timings.total ?? 0), 0);
  return html`<dl class="facts">${count(
    runs.map(({ folder }) => folder),
    'run',
  )}${count(
    runs.map(({ config }) => config.task),
    'task',
  )}${count(
    runs.map(({ config }) => config.method),
    'method',
  )}${count(
    runs.map(({ config }) => config.seed),
    'seed',
  )}<div><dt>computing</dt><dd>${duration(seconds)}</dd></div><div><dt>finished</dt><dd>${days[0] === days.at(-1) ? days[0] : `${days[0]} to ${days.at(-1)}`}</dd></div></dl>`;
}
