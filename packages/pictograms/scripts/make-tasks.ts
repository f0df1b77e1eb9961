/** Makes the split files in `data/` from the installed icon packages; deterministic, run with `npm run make-tasks`. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { splitFile } from '../src/load-task.js';
import { nearDuplicateThreshold, nearestDistance, perceptualHash } from '../src/perceptual-hash.js';
import { pictogramTasks, taskPlan } from '../src/tasks.js';
import { rasterSize } from '../src/views.js';
import { dealPictures, dealViews, imagesPerClass, type Split } from './make-split.js';
import { type DrawnPicture, picturedClasses, readSources } from './picture-classes.js';

const folder = fileURLToPath(new URL('../data', import.meta.url));
mkdirSync(folder, { recursive: true });
const sources = await readSources();

const hashFile = new URL('../src/data/pretraining-hashes.bin', import.meta.url);
const hashes = existsSync(hashFile) ? readFileSync(hashFile) : new Uint8Array();
if (hashes.length === 0)
  console.warn(`${hashFile.pathname} is missing: near-duplicates of pretraining pictures stay in.`);

const sum = { classes: 0, pictures: 0, duplicates: 0, leftOut: 0 };
for (const task of pictogramTasks()) {
  const notes = new Map<string, string[]>();
  const note = (reason: string, what: string) => notes.set(reason, [...(notes.get(reason) ?? []), what]);
  const mayTest = ({ raster }: DrawnPicture) =>
    nearestDistance(perceptualHash(raster, rasterSize), hashes) > nearDuplicateThreshold;

  const split: Split = { train: [], val: [], test: [] };
  let label = 0;
  let leftOut = 0;
  for (const one of await picturedClasses(taskPlan(task)!, sources, note)) {
    const duplicates = new Set(one.pictures.filter(picture => !mayTest(picture)));
    for (const { style, icon } of duplicates) note('near-duplicate of a pretraining picture', `${style}/${icon}`);
    const dealt = dealPictures(task, one, picture => !duplicates.has(picture));
    if (dealt === undefined) {
      note('no picture to test on', one.name);
      continue;
    }
    for (const name of ['train', 'val', 'test'] as const) {
      for (const path of dealViews(one.name, dealt[name], imagesPerClass[name])) {
        split[name].push([path, label, one.name]);
      }
    }
    label++;
    leftOut += dealt.leftOut;
    sum.pictures += one.pictures.length;
    sum.duplicates += duplicates.size;
  }
  sum.classes += label;
  sum.leftOut += leftOut;
  writeFileSync(splitFile(task), `${JSON.stringify(split)}\n`);
  const counts = `${split.train.length} train, ${split.val.length} val, ${split.test.length} test images`;
  console.log(`${task}: ${label} classes, ${counts}; ${leftOut} near-duplicates left out of the test`);
  for (const [reason, what] of notes) console.log(`  ${reason} (${what.length}): ${what.join(', ')}`);
}
console.log(
  `${sum.classes} classes, ${sum.pictures} pictures, of which ${sum.duplicates} differ from a pretraining picture in at most ` +
    `${nearDuplicateThreshold} of 128 bits; ${sum.leftOut} of them were dealt to a test and left out.`,
);
execFileSync('npx', ['biome', 'format', '--write', folder], { stdio: 'inherit' });
