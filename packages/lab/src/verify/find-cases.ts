import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import { openSafetensors, type SafetensorsFile } from '@dgprompt/io';
import { isGoldenClip } from '../golden/clip.js';
import { type GoldenClips, goldenClips } from '../golden/golden-clips.js';
import {
  checkpointImages,
  checkpointTexts,
  isCheckpointFile,
  isNaFlexFile,
  refusedCheckpoint,
} from './checkpoint-case.js';
import { fewShotCase, isFewShots, isSplit, splitCase } from './few-shot-case.js';
import { type GoldenCase, Skipped } from './golden-case.js';
import { isMemory, memoryCase } from './memory-case.js';
import { isMethodFile, methodCase } from './method-case.js';
import { isPixelFile, pixelCase } from './pixel-case.js';
import { isSchedules, scheduleCase } from './schedule-case.js';
import { isTokens, tokensCase } from './tokens-case.js';
import { isZeroShotFile, recordedScale, zeroShotCase } from './zero-shot-case.js';

/** The cases of a folder, with their shared resources. */
export interface FoundCases {
  cases: GoldenCase[];
  dispose(): void;
}

/**
 * Finds the cases below a folder. A file's contents determine what it records; its name only names the case.
 * @throws a sentence if there is no such folder
 */
export async function findCases(folder: string): Promise<FoundCases> {
  const found = await stat(folder).catch(() => undefined);
  if (!found?.isDirectory()) throw new Error(`There is no folder ${folder}; give one that holds recorded cases.`);
  const files: Found[] = [];
  await collect(folder, folder, files);
  const recordings = files.flatMap(({ opened }) => (opened ? [opened] : []));
  const paths = recordings.filter(isGoldenClip).map(({ path }) => path);
  const scales = recordings
    .filter(isZeroShotFile)
    .map(file => ({ folder: dirname(file.path), scale: recordedScale(file) }));
  const clips = goldenClips(paths, scales);
  const splits = files.filter(({ json }) => isSplit(json)).map(({ path }) => path);
  return {
    cases: files.flatMap(file => caseOf(file, clips, splits)),
    dispose() {
      clips.dispose();
      for (const { close } of recordings) close();
    },
  };
}

/** A possible case: a safetensors or JSON file, or why it cannot be read. */
interface Found {
  path: string;
  name: string;
  opened?: SafetensorsFile;
  json?: unknown;
  error?: unknown;
}

async function collect(root: string, folder: string, into: Found[]): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const own: Found[] = [];
  for (const entry of entries) {
    if (entry.isDirectory() || !/\.(safetensors|json)$/.test(entry.name)) continue;
    const path = join(folder, entry.name);
    const name = relative(root, path)
      .split(sep)
      .join('/')
      .replace(/\.[a-z]+$/, '');
    own.push({ path, name, ...(await contents(path)) });
  }
  // A checkpoint's own files lie next to its recorded features: they are not cases.
  const checkpoint = own.find(({ opened }) => opened && (isCheckpointFile(opened) || isNaFlexFile(opened)));
  if (checkpoint) {
    for (const { opened } of own) if (opened && opened !== checkpoint.opened) opened.close();
    into.push({ ...checkpoint, name: relative(root, folder).split(sep).join('/') || basename(folder) });
  } else into.push(...own);
  for (const entry of entries) if (entry.isDirectory()) await collect(root, join(folder, entry.name), into);
}

async function contents(path: string): Promise<Pick<Found, 'opened' | 'json' | 'error'>> {
  try {
    if (path.endsWith('.safetensors')) return { opened: openSafetensors(path) };
    return { json: JSON.parse(await readFile(path, 'utf8')) as unknown };
  } catch (error) {
    return { error };
  }
}

function caseOf(
  { path, name, opened, json, error }: Found,
  clips: GoldenClips,
  splits: readonly string[],
): GoldenCase[] {
  const one = (run: GoldenCase['run']): GoldenCase[] => [{ name, run }];
  if (error !== undefined) return one(() => Promise.reject(error));
  if (opened) {
    if (isGoldenClip(opened)) return [];
    if (isCheckpointFile(opened))
      return [
        { name: `${name}/images`, run: () => checkpointImages(opened) },
        { name: `${name}/texts`, run: () => checkpointTexts(opened) },
      ];
    if (isNaFlexFile(opened)) return one(() => refusedCheckpoint(opened));
    if (isPixelFile(opened)) return one(() => pixelCase(opened));
    if (isMethodFile(opened)) return one(() => methodCase(opened, name, clips));
    if (isMemory(opened)) return one(async () => memoryCase(opened));
    if (isZeroShotFile(opened)) return one(() => zeroShotCase(opened, name, clips));
  }
  if (isSchedules(json)) return one(async () => scheduleCase(json));
  if (isTokens(json)) return one(() => tokensCase(json));
  if (isSplit(json)) return one(() => splitCase(path));
  if (isFewShots(json)) {
    const split = splits.find(file => basename(file).replace(/^split_zhou_/, '') === basename(path));
    return one(() => {
      if (split === undefined) throw new Skipped('there is no split of the same name in the folder');
      return fewShotCase(json, split);
    });
  }
  return one(() => Promise.reject(new Skipped('it records nothing that this version knows')));
}
