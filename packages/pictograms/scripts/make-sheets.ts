import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { sha256Hex } from '@dgprompt/io';
import sharp from 'sharp';
import { encodeSheet, fromPackages } from '../src/drawings.js';
import { splitFile } from '../src/load-task.js';
import { parsePicturePath } from '../src/picture-path.js';
import { sheetPictures } from '../src/sheet.js';
import { styleNames, styles } from '../src/styles.js';
import { pictogramTasks } from '../src/tasks.js';
import { rasterSize } from '../src/views.js';

/**
 * `npm run sheets`, before packing and for a site: makes a sheet of each task's pictures, from which Node and browsers
 * make the views. The pictures are stacked vertically, in the order of the split file.
 */
const folder = 'sheets';

const paths = new Map<string, string[]>();
for (const task of pictogramTasks()) {
  const split = JSON.parse(await readFile(splitFile(task), 'utf8')) as Record<string, [string, number, string][]>;
  paths.set(
    task,
    Object.values(split).flatMap(entries => entries.map(([path]) => path)),
  );
}
const wanted = new Map(styleNames.map(style => [style, new Set<string>()]));
for (const path of [...paths.values()].flat()) {
  const { style, icon } = parsePicturePath(path);
  wanted.get(style)!.add(icon);
}

/** Everything that determines the pixels: the lists of pictures, their packages, and the library that draws them. */
const version = sha256Hex(JSON.stringify([[...paths], styles, rasterSize, sharp.versions]));
const made = await readFile(`${folder}/version.txt`, 'utf8').catch(() => undefined);
if (made === version) process.exit();

await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const draw = fromPackages(wanted);
for (const [task, all] of paths) {
  const rasters: Uint8Array[] = [];
  for (const { style, icon } of sheetPictures(all)) rasters.push(withoutInvisible(await draw({ style, icon })));
  await writeFile(`${folder}/${task}.png`, await encodeSheet(rasters));
}
await writeFile(`${folder}/version.txt`, version);

/** Makes invisible colours black, which compresses better and changes no view. */
function withoutInvisible(raster: Uint8Array): Uint8Array {
  for (let i = 0; i < raster.length; i += 4) if (raster[i + 3] === 0) raster.fill(0, i, i + 3);
  return raster;
}
