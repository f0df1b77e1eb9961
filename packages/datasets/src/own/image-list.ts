import { parseJson, printable, readText } from '@dgprompt/io';
import { parse } from 'csv-parse/sync';
import { cannotRead, requirePlainFile } from '../files/listing.js';
import { pathWithin } from '../files/within.js';
import { basename, dirname, extname, resolve } from '../runtime/paths.js';
import type { ListedImage } from './listed-image.js';

export type { ListedImage } from './listed-image.js';

/** Names of the columns. */
const columns = {
  path: ['path', 'file', 'filename', 'image', 'filepath', 'image_path', 'file_name'],
  folder: ['class', 'label', 'classname', 'class_name', 'category', 'target'],
  split: ['split', 'set', 'subset', 'partition'],
};
const splitNames = new Map<string, ListedImage['split']>(
  Object.entries({
    train: 'train',
    training: 'train',
    val: 'val',
    valid: 'val',
    validation: 'val',
    dev: 'val',
    test: 'test',
    testing: 'test',
  } as const),
);

/** Whether a file's name is that of a list of images. */
export const isListName = (path: string): boolean => ['.csv', '.tsv', '.json'].includes(extname(path).toLowerCase());

/**
 * Reads a list of images: CSV or TSV with a header (`path,class,split`), or JSON with a list of `{"path", "class",
 * "split"}`. The split is optional. Paths are relative to the list's folder and must stay inside it.
 *
 * @throws a sentence naming the file and the line
 */
export async function readImageList(file: string): Promise<ListedImage[]> {
  const rows = await readRows(file);
  const header = [...new Set(rows.flatMap(({ fields }) => Object.keys(fields)))]; // an entry of JSON may lack a key
  const column = (names: string[]) => header.find(key => names.includes(key.trim().toLowerCase()));
  const path = column(columns.path);
  const folder = column(columns.folder);
  const split = column(columns.split);
  if (path === undefined || folder === undefined) {
    throw new Error(
      `${file} needs the columns path and class${header.length > 0 ? `, and has ${printable(header.join(', '))}` : ''}.`,
    );
  }
  return rows.map(({ fields, where }) => {
    const text = (key: string) => {
      const value = fields[key] ?? '';
      if (typeof value === 'object') throw new Error(`${file}, ${where}: ${printable(key)} must be text.`);
      return String(value).trim();
    };
    const named = split === undefined ? '' : text(split).toLowerCase();
    if (text(path) === '' || text(folder) === '') throw new Error(`${file}, ${where} has no path or no class.`);
    if (named !== '' && !splitNames.has(named)) {
      throw new Error(`${file}, ${where}: the split must be train, val or test, not "${printable(named)}".`);
    }
    return {
      path: pathWithin(resolve(dirname(file)), text(path), `${file}, ${where}`),
      folder: text(folder),
      ...(named ? { split: splitNames.get(named) } : {}),
    };
  });
}

async function readRows(file: string): Promise<{ fields: Record<string, unknown>; where: string }[]> {
  await requirePlainFile(file);
  const text = await readText(file).catch((cause: unknown) => {
    throw new Error(cannotRead(file, cause), { cause });
  });
  try {
    if (extname(file).toLowerCase() === '.json') {
      const list: unknown = parseJson(text, { depth: 10 });
      if (!Array.isArray(list) || list.some(row => typeof row !== 'object' || row === null)) {
        throw new SyntaxError('it must be a list of {"path", "class", "split"}');
      }
      return (list as Record<string, unknown>[]).map((fields, i) => ({ fields, where: `entry ${i + 1}` }));
    }
    const rows = parse(text, {
      columns: true,
      bom: true,
      skip_empty_lines: true,
      trim: true,
      info: true,
      delimiter: extname(file).toLowerCase() === '.tsv' ? '\t' : [',', ';'],
    }) as unknown as { record: Record<string, string>; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ fields: record, where: `line ${info.lines}` }));
  } catch (cause) {
    throw new Error(
      `${basename(file)} in ${dirname(file)} is not a list of images: ${printable((cause as Error).message)}.`,
      {
        cause,
      },
    );
  }
}
