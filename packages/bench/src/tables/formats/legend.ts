import { printable } from '@dgprompt/io';
import { methodTitle } from '../../methods/title.js';
import { computedIn, type RunConfig } from '../../records/config.js';
import type { RunRecord } from '../../records/record.js';
import { publishedFor } from '../papers/published.js';
import { noRun, untestable } from '../sheet.js';
import type { Table } from '../table.js';

/** SHA-256 of ViT-B/16 as published by OpenAI (`ViT-B-16.pt`) and on the hub (`model.safetensors`). */
const vitB16 = [
  '5806e77cd80f8b59890b7e101eabd078d9fb84e6937f9e85e4ecb61988df416f',
  '846bf12e84b91c2a65b44833a915241443b39356f1000ac1345c61d7bf8a209e',
];

/** Explains the numbers, in a sentence or two. */
export function legend(table: Table): string {
  const cells = allCells(table);
  const what =
    table.rows === 'source'
      ? '; trained on the source, and the average is that of the other columns'
      : table.main === 'H'
        ? '; H is the harmonic mean of base and new, the averages’ H that of the averages'
        : '';
  const deviation = cells.some(({ cell }) => cell?.deviation !== undefined);
  return [
    `Accuracy in %${what}.`,
    ...(deviation ? ['± is the standard deviation over seeds.'] : []),
    ...viewsLegend(table),
    ...(table.methods.length > 1 ? ['The best of a column is bold, of three or more the second best underlined.'] : []),
  ].join(' ');
}

/** Explains tests with several views. */
function viewsLegend({ views = {} }: Table): string[] {
  const counts = [...new Set(Object.values(views))].sort((a, b) => a - b);
  const several = counts.filter(count => count > 1);
  if (several.length === 0) return [];
  const rest = counts.includes(1) ? '; the other rows see it once' : '';
  return [
    `“views”: the mean over ${several.join(' or ')} views of each test image (as it is, mirrored, zoomed, shrunk, …)${rest}.`,
  ];
}

/** Notes on single cells: missing ones, and those with fewer seeds. */
export function gaps(table: Table): string[] {
  const cells = allCells(table);
  const absent = cells.filter(({ cell }) => cell === undefined).length;
  const isSource = ({ task, column }: { task: string; column: string }) => table.rows === 'source' && task === column;
  const nulls = cells.filter(({ cell }) => cell === null);
  const few = fewerSeeds(table);
  return [
    ...(absent > 0 ? [`“${noRun}”: without a record so far, ${absent} of ${cells.length} cells.`] : []),
    ...notInAverage(table),
    ...(nulls.some(isSource) ? [`${untestable}: the source itself.`] : []),
    ...(nulls.some(cell => !isSource(cell))
      ? [`${untestable}: cannot be tested, since what was learned is class-specific.`]
      : []),
    ...(few.length > 0 ? [`Of fewer than ${table.seeds.length} seeds: ${few.join('; ')}.`] : []),
  ];
}

/** Notes the runs that resized images in an older order than the default. */
export function resizing(records: readonly Pick<RunRecord, 'config'>[]): string[] {
  const older = records.filter(({ config }) => computedIn(config).pillow === 12).length;
  if (older === 0) return [];
  if (older === records.length) return ['Images were resized in the order of Pillow 12.'];
  return [
    `Images were resized in the order of Pillow 12 in ${older} of ${records.length} runs, of Pillow 13 in the others.`,
  ];
}

/** Methods whose settings were chosen on test images. */
export function chosenOnTest(records: readonly Pick<RunRecord, 'config'>[]): string[] {
  const chosen = records.filter(({ config }) => config.options.search === 'test').map(({ config }) => config.method);
  if (chosen.length === 0) return [];
  const names = [...new Set(chosen)].map(methodTitle).join(', ');
  return [`Settings chosen on the test images, as in the published code: ${names}. Such numbers are too high.`];
}

/** Names the methods that the average leaves out. */
export function notInAverage({ methods, overall }: Table): string[] {
  const left = overall ? methods.filter(method => !Object.hasOwn(overall.cells, method)).map(methodTitle) : [];
  return left.length > 0 ? [`Not in the average, since runs are missing: ${left.join(', ')}.`] : [];
}

/** `CoOp on dtd, eurosat (1)`, `MaPLe on 7 tasks (2)`: cells with fewer seeds than others. */
function fewerSeeds(table: Table): string[] {
  const places = new Map<string, Set<string>>();
  for (const { method, task, cell } of allCells(table)) {
    if (!cell || cell.seeds === table.seeds.length) continue;
    const what = JSON.stringify([methodTitle(method), cell.seeds]);
    places.set(what, (places.get(what) ?? new Set()).add(task));
  }
  return [...places].map(([what, tasks]) => {
    const [method, seeds] = JSON.parse(what) as [string, number];
    return `${method} on ${tasks.size > 3 ? `${tasks.size} ${table.rows}s` : [...tasks].map(name => printable(name)).join(', ')} (${seeds})`;
  });
}

/** The sources of the papers' figures in the table. */
export function citations(table: Table, config: Pick<RunConfig, 'protocol' | 'suite' | 'shots'>): string[] {
  const published = publishedFor(config);
  const shown = table.methods.filter(method => groupsOf(table).some(({ papers }) => papers?.[method]));
  if (!published || shown.length === 0) return [];
  const byText = new Map<string, string[]>();
  for (const method of shown) {
    const { cited, url } = published.source(method)!;
    const text = `${cited}, ${url}`;
    byText.set(text, [...(byText.get(text) ?? []), methodTitle(method)]);
  }
  const isTheirs = table.models.every(model => vitB16.includes(model));
  const caution = isTheirs ? '' : ' The weights hash cannot confirm that these runs used that checkpoint.';
  return [
    `The papers’ figures are of OpenAI’s ViT-B/16, means over three seeds.${caution}`,
    ...[...byText].map(([text, methods]) => `${methods.join(', ')}: ${text}.`),
  ];
}

const groupsOf = ({ tasks, overall }: Table) => [...tasks, ...(overall ? [overall] : [])];

function allCells({ tasks, methods, columns }: Table) {
  return tasks.flatMap(({ name, cells }) =>
    methods.flatMap(method => columns.map(column => ({ task: name, method, column, cell: cells[method]?.[column] }))),
  );
}
