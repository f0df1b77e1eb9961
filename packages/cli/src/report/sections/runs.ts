import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { protocols, type RunConfig, suiteNames } from '@dgprompt/bench';
import { methodSummary, methodTitle } from '@dgprompt/bench/methods';
import { canonicalJson } from '@dgprompt/bench/runs';
import { benchmarks } from '@dgprompt/datasets';
import { bytes, duration } from '@dgprompt/io';
import { quotedPath } from '../../terminal/this-command.js';
import { distinct, type Group } from '../group.js';
import { type Html, html } from '../html.js';
import type { StoredRun } from '../stored-run.js';

/** Most runs to list. */
const listed = 2000;

/** Every run with its numbers and the command that repeats it. */
export function runsSection(groups: readonly Group[], named: NamedData = {}): Html {
  const all = groups.flatMap(({ records }) => records);
  return html`<section id="runs"><h2>Runs</h2>
<p>Each line ends with the command that runs it again and says whether the numbers are the same.</p>
${groups.map(({ title, records: runs }) => html`<details><summary>${title}, ${runs.length} run${runs.length === 1 ? '' : 's'}</summary>${table(title, inOrder(runs).slice(0, listed), named)}${runs.length > listed && html`<p class="note">And ${runs.length - listed} more; \`dgprompt status\` lists them all.</p>`}</details>\n`)}
${methods(distinct(groups.flatMap(group => group.methods)))}
${notes(all)}
<h3>Made on</h3>
${machines(all)}</section>\n`;
}

/** By method, task, shots and seed. */
function inOrder(runs: readonly StoredRun[]): StoredRun[] {
  const methods = runs.map(({ config }) => config.method);
  const tasks = runs.map(({ config }) => config.task);
  const places = ({ config: { method, task, shots, seed } }: StoredRun) => [
    ...[methods.indexOf(method), tasks.indexOf(task), shots, seed],
  ];
  const keyed = runs.map(run => ({ run, places: places(run) }));
  return keyed
    .sort((a, b) => a.places.map((place, i) => place - b.places[i]!).find(difference => difference !== 0) ?? 0)
    .map(({ run }) => run);
}

function table(title: string, runs: readonly StoredRun[], named: NamedData): Html {
  return html`<div class="sheet"><p class="title"><b>${title}</b></p><div class="scroll" tabindex="0" role="group" aria-label="Runs: ${title}"><table class="runs">
<thead><tr>${['task', 'method', 'shots', 'seed', 'top-1 %', 'time', 'memory', 'to repeat it'].map(name => html`<th scope="col">${name}</th>`)}</tr></thead>
<tbody>
${runs.map(
  ({ config, tests, timings, memory, folder, own }) =>
    html`<tr><th scope="row">${config.task}</th><td>${methodTitle(config.method)}</td><td>${config.shots}</td><td>${config.seed}</td><td>${Object.entries(
      tests,
    )
      .map(([name, test]) => `${name} ${test === null ? '–' : test.top1.toFixed(1)}`)
      .join(
        ', ',
      )}</td><td>${duration(timings.total ?? 0)}</td><td>${memory === undefined ? '–' : bytes(memory)}</td><td><code>dgprompt repeat ${quotedPath(resolve(folder))}${namedFor(config, named)}${own && ' --methods-from FILE'}</code></td></tr>\n`,
)}</tbody></table></div></div>`;
}

/** Options of the page that repeating a run needs too. */
export interface NamedData {
  suite?: string;
  root?: string;
  model?: string;
  modelConfig?: string;
}

/**
 * Options of the command that repeats a run: those of the page, with full paths so that it works in any folder, and
 * FILE for what else the run read.
 */
function namedFor(config: RunConfig, { suite: given, root, model, modelConfig }: NamedData): string {
  const { suite, protocol, descriptions } = config;
  const isBuiltIn = suiteNames.includes(suite) || benchmarks.some(({ id }) => id === suite);
  const place = (path: string) => quotedPath(existsSync(path) ? resolve(path) : path);
  const isFolder = given !== undefined && !suiteNames.includes(given);
  const named = given?.replace(/^folder:.*/s, path => `folder:${resolve(path.slice('folder:'.length))}`) ?? '';
  return [
    ...(isBuiltIn ? [] : [isFolder ? ` --suite ${place(named)}` : ' --suite FOLDER']),
    ...(isBuiltIn && suite !== 'pictograms' ? [` --root ${root === undefined ? 'FOLDER' : place(root)}`] : []),
    ...(model === undefined ? [] : [` --model ${place(model)}`]),
    ...(modelConfig === undefined ? [] : [` --model-config ${place(modelConfig)}`]),
    ...(Object.hasOwn(protocols, protocol) ? [] : [' --protocol FILE']),
    ...(descriptions === undefined ? [] : [' --descriptions FILE']),
  ].join('');
}

/** The summary of each method that has one. */
function methods(ids: readonly string[]): Html | undefined {
  const told = distinct(ids.map(id => id.replace(/[:(].*$/, '').trim())).filter(id => methodSummary(id) !== undefined);
  if (told.length === 0) return undefined;
  return html`<details><summary>Methods</summary><dl class="methods">${told.map(id => html`<dt>${methodTitle(id)}</dt><dd>${methodSummary(id)!}</dd>`)}</dl></details>`;
}

/** The distinct notes of the runs, such as lowered depths, with their counts. */
function notes(runs: readonly StoredRun[]): Html | undefined {
  const all = runs.flatMap(({ notes, config: { method } }) =>
    notes.map(note => (note.startsWith(method) ? note : `${methodTitle(method)}: ${note}`)),
  );
  if (all.length === 0) return undefined;
  return html`<details><summary>Notes of the runs</summary><ul>${distinct(all).map(note => html`<li>${note} <small>${all.filter(one => one === note).length} ×</small></li>`)}</ul></details>`;
}

/** The distinct machines and versions. */
function machines(runs: readonly StoredRun[]): Html {
  const key = ({ machine, versions, config: { device, backend, threads, precision, model } }: StoredRun) =>
    canonicalJson({
      machine: { ...machine },
      versions,
      device,
      backend,
      threads,
      precision: precision ?? 'fp32',
      model,
    });
  return html`<ul class="machines">${distinct(runs.map(key)).map(one => {
    const own = runs.filter(run => key(run) === one);
    const { machine, versions, config } = own[0]!;
    const used = Object.entries(versions).map(([name, version]) => `${name} ${version}`);
    return html`<li><b>${machine.cpu}, ${machine.cores} core${machine.cores === 1 ? '' : 's'}, ${machine.memoryGiB} GiB</b>, ${machine.system}; ${config.backend} on ${config.device}${config.precision === undefined ? '' : ` in ${config.precision}`}, ${config.threads === 0 ? 'a thread a core' : `threads: ${config.threads}`}; CLIP <code>${config.model.slice(0, 12)}</code>
<br><small>${used.join(', ')}; ${own.length} run${own.length === 1 ? '' : 's'}</small></li>`;
  })}</ul>`;
}
