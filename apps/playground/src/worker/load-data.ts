import { type Dataset, folder } from '@dgprompt/datasets';
import { putFiles, readBytes, removePath } from '@dgprompt/io';
import { loadTask, taskTitle } from '@dgprompt/pictograms';
import type { Context } from './context.js';
import type { Calls, DataChoice, DataFacts, OwnClass } from './protocol.js';
import { currentData, freeMethods, session } from './session.js';
import { sha256 } from './sha256.js';

/** Loads pictures, replacing the previous ones. */
export async function loadPictures(choice: DataChoice, { signal }: Context): Promise<DataFacts> {
  freeMethods();
  session.data = undefined;
  if (choice.kind === 'task') {
    const dataset = await loadTask(choice.task, { signal });
    session.data = { key: dataset.content ?? dataset.name, dataset };
    return facts(dataset, taskTitle(choice.task));
  }
  const dataset = await ownDataset(choice.classes);
  session.data = { key: await contentOf(choice.classes, signal), dataset };
  return facts(dataset, dataset.name);
}

const place = '/own';

/** Uses numbers as folder names, so that the user may name a class anything. */
async function ownDataset(classes: readonly OwnClass[]): Promise<Dataset> {
  await removePath(place);
  const folders = classes.map((_, i) => `folder-${String(i).padStart(4, '0')}`);
  for (const [i, { files }] of classes.entries())
    putFiles(
      `${place}/${folders[i]}`,
      new Map(files.map(({ name, file }, number) => [`${String(number).padStart(5, '0')}-${plain(name)}`, file])),
    );
  const names = Object.fromEntries(classes.map(({ name }, i) => [folders[i], name]));
  putFiles(place, { 'classnames.json': new TextEncoder().encode(JSON.stringify(names)) });
  return folder(place, { name: 'own' });
}

/** Identifies pictures by their classes, names and bytes, so that results of an earlier visit are those of the same. */
async function contentOf(classes: readonly OwnClass[], signal: AbortSignal): Promise<string> {
  const facts: string[] = [];
  for (const { name, files } of classes) {
    facts.push(name);
    for (const { name, file } of files) {
      signal.throwIfAborted();
      facts.push(name, await sha256(await file.arrayBuffer()));
    }
  }
  return `own:${JSON.stringify(facts)}`;
}

/** A file's name without characters that have a meaning in paths. */
const plain = (name: string) => name.replaceAll(/[/\\]/g, '-').replace(/^\.+/, '');

function facts(dataset: Dataset, name: string): DataFacts {
  const { classNames, templates, warnings } = dataset;
  const counted = (split: 'train' | 'val' | 'test') => {
    const counts = classNames.map(() => 0);
    for (const { label } of dataset[split]) counts[label]!++;
    return counts;
  };
  const counts = { train: counted('train'), val: counted('val'), test: counted('test') };
  return {
    name,
    classNames: [...classNames],
    templates: [...templates],
    counts,
    warnings: [...warnings],
    fewest: Math.min(...counts.train),
    most: Math.max(...counts.train),
  };
}

export async function picture({ path }: Calls['picture']['params']): Promise<Blob> {
  return new Blob([(await readBytes(path)) as Uint8Array<ArrayBuffer>]);
}

/** Some pictures of a class, test pictures first. */
export async function samples({ label, count }: Calls['samples']['params']): Promise<Calls['samples']['result']> {
  const { test, train } = currentData().dataset;
  const of = (list: Dataset['test']) => list.filter(item => item.label === label);
  const found = [...of(test), ...of(train)].slice(0, count);
  return Promise.all(found.map(async ({ path }) => ({ path, blob: await picture({ path }) })));
}
