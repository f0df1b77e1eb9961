import pMap from 'p-map';
import { findBenchmark, hasSplitFile } from '../benchmarks/all.js';
import type { Benchmark } from '../benchmarks/benchmark.js';
import { type Dataset, splits } from '../dataset.js';
import { missingFiles } from '../files/missing-files.js';
import { loadDataset } from '../load-dataset.js';

/** The result of checking a dataset. */
export interface DataReport {
  name: string;
  /**
   * Its split: the published file, one made by the published rules, its own lists (nothing random), or that of a
   * folder.
   */
  split: 'published file' | 'published rules' | 'own lists' | 'own folder';
  classes: number;
  images: { train: number; val: number; test: number };
  /** Published numbers; undefined for a folder of your own. */
  published?: { classes: number; images: { train: number; val: number; test: number } };
  /** Missing files of the splits. */
  missing: string[];
  /** Files that do not decode, with the reason. */
  broken: { path: string; reason: string }[];
  warnings: string[];
  /** Whether all files exist and decode, and the numbers are the published ones. */
  ok: boolean;
}

/** How to check a dataset. */
export interface CheckOptions {
  /** The folder with the datasets' folders. */
  root?: string;
  /** Reads one image and throws if it is broken, such as `decode` of `@dgprompt/images`. */
  decode(path: string): Promise<unknown>;
  /** Images decoded at the same time; default 8. */
  count?: number;
  onProgress?(progress: { done: number; total: number }): void;
  signal?: AbortSignal;
}

/**
 * Checks a dataset: that every file of its splits exists and decodes, and that the numbers are the published ones.
 *
 * @param name as for `loadDataset`
 * @throws a sentence if its lists or folders cannot be read; the signal's reason when aborted
 *
 * @example
 * ```ts
 * import { checkDataset, reportText } from '@dgprompt/datasets/check';
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * const root = mkdtempSync(join(tmpdir(), 'x-'));
 * for (const name of ['daisy', 'tea_rose']) {
 *   mkdirSync(join(root, name));
 *   for (let i = 0; i < 10; i++) writeFileSync(join(root, name, `${i}.jpg`), `${name} ${i}`);
 * }
 * const report = await checkDataset(`folder:${root}`, { decode: async path => path });
 * console.log(report.ok, reportText(report).includes('no problems')); // true true
 * ```
 */
export async function checkDataset(name: string, options: CheckOptions): Promise<DataReport> {
  const { root, decode, count = 8, onProgress, signal } = options;
  const benchmark = name.startsWith('folder:') ? undefined : findBenchmark(name);
  const dataset = await loadDataset(name, { root, checkFiles: false });
  const missing = (await missingFiles(dataset)).map(({ path }) => path);
  const absent = new Set(missing);
  const paths = [...new Set(splits.flatMap(split => dataset[split].map(({ path }) => path)))].filter(
    path => !absent.has(path),
  );
  const broken: DataReport['broken'] = [];
  let done = 0;
  await pMap(
    paths,
    async path => {
      await decode(path).catch((error: Error) => broken.push({ path, reason: error.message }));
      onProgress?.({ done: ++done, total: paths.length });
    },
    { concurrency: count, signal },
  );
  broken.sort((a, b) => (a.path < b.path ? -1 : 1));
  const report: DataReport = {
    name: dataset.name,
    split: await splitOf(benchmark, root),
    classes: dataset.classNames.length,
    images: counts(dataset),
    ...(benchmark ? { published: { classes: benchmark.classes, images: benchmark.images } } : {}),
    missing,
    broken,
    warnings: dataset.warnings,
    ok: false,
  };
  report.ok = missing.length === 0 && broken.length === 0 && differences(report).length === 0;
  return report;
}

const counts = ({ train, val, test }: Dataset) => ({ train: train.length, val: val.length, test: test.length });

async function splitOf(benchmark: Benchmark | undefined, root = ''): Promise<DataReport['split']> {
  if (!benchmark) return 'own folder';
  const has = await hasSplitFile(benchmark, root);
  return has === undefined ? 'own lists' : has ? 'published file' : 'published rules';
}

/** A sentence for each number that differs from the published one. */
function differences({ classes, images, published }: DataReport): string[] {
  if (!published) return [];
  const differs = (what: string, here: number, there: number) =>
    here === there ? [] : [`${what}: ${here} here, ${there} published`];
  return [
    ...differs('classes', classes, published.classes),
    ...splits.flatMap(split => differs(`${split} images`, images[split], published.images[split])),
  ];
}

/**
 * A report as Markdown, to paste into an issue. Paths are relative to `root`, so that they do not reveal the machine's
 * folders.
 *
 * @example
 * ```ts
 * import { checkDataset, reportText } from '@dgprompt/datasets/check';
 * import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
 * import { tmpdir } from 'node:os';
 * import { join } from 'node:path';
 *
 * const root = mkdtempSync(join(tmpdir(), 'x-'));
 * for (const name of ['daisy', 'tea_rose']) {
 *   mkdirSync(join(root, name));
 *   for (let i = 0; i < 10; i++) writeFileSync(join(root, name, `${i}.jpg`), `${name} ${i}`);
 * }
 * const report = await checkDataset(`folder:${root}`, { decode: async path => path });
 * console.log(reportText(report, root).split('\n')[2]);
 * // 2 classes; 10 train, 4 val, 6 test images; split from its folders.
 * ```
 */
export function reportText(report: DataReport, root?: string): string {
  const { name, split, classes, images, missing, broken, warnings, ok } = report;
  const short = (text: string) => (root ? text.replaceAll(root.replace(/[\\/]$/, ''), '<root>') : text);
  const list = (title: string, entries: string[]) => {
    if (entries.length === 0) return [];
    const shown = entries.slice(0, most).map(entry => `- ${short(entry)}`);
    return ['', title, '', ...shown, ...(entries.length > most ? [`- and ${entries.length - most} more`] : [])];
  };
  return [
    `### ${name}: ${ok ? noProblems(warnings.length) : 'problems found'}`,
    '',
    `${classes} classes; ${images.train} train, ${images.val} val, ${images.test} test images; split from ${splitText[split]}.`,
    ...list('Numbers that differ from the published ones:', differences(report)),
    ...list(`${missing.length} files are missing:`, missing),
    ...list(
      `${broken.length} files do not decode:`,
      broken.map(({ path, reason }) => (reason.includes(path) ? reason : `${path}: ${reason}`)),
    ),
    ...list('Warnings:', warnings),
    '',
  ].join('\n');
}

const noProblems = (warnings: number): string =>
  warnings === 0 ? 'no problems' : `${warnings} warning${warnings === 1 ? '' : 's'}`;

const most = 50;
const splitText: Record<DataReport['split'], string> = {
  'published file': 'the published file',
  'published rules': "the dataset's own lists by the published rules, seed 1 (the published file is missing)",
  'own lists': "the dataset's own lists",
  'own folder': 'its folders',
};
