import { cleanClassName } from '@dgprompt/datasets';
import type { OwnClass } from '../worker/protocol.js';
import type { Found } from './files.js';
import { decodesHeic, isHeicName, isPictureName } from './kinds.js';
import { isZip, mostZipBytes, zippedFiles } from './zip.js';

/** Pictures by class, and what was skipped. */
export interface Intake {
  classes: OwnClass[];
  heic: number;
  others: number;
  /** Pictures outside any folder. */
  loose: OwnClass['files'];
  damagedZips: string[];
  largeZips: string[];
}

/** Sorts files into classes by folder; zips are unpacked. */
export async function intake(found: readonly Found[]): Promise<Intake> {
  const result: Intake = { classes: [], heic: 0, others: 0, loose: [], damagedZips: [], largeZips: [] };
  const all: Found[] = [];
  for (const one of found) {
    if (!isZip(one.file)) all.push(one);
    else if (one.file.size > mostZipBytes) result.largeZips.push(one.file.name);
    else
      await zippedFiles(one.file).then(
        files => all.push(...files),
        () => result.damagedZips.push(one.file.name),
      );
  }
  const byName = new Map<string, OwnClass['files']>();
  for (const { path, file } of all) {
    if (!isPictureName(path)) result.others++;
    else if (isHeicName(path) && !(await decodesHeic(file))) result.heic++;
    else {
      const folders = path.split('/').slice(0, -1);
      const name = folders.length > 0 ? cleanClassName(folders.at(-1)!) : undefined;
      const picture = { name: file.name, file };
      if (name === undefined) result.loose.push(picture);
      else if (byName.has(name)) byName.get(name)!.push(picture);
      else byName.set(name, [picture]);
    }
  }
  result.classes = [...byName].map(([name, files]) => ({ name, files }));
  result.classes.sort((a, b) => a.name.localeCompare(b.name));
  return result;
}
