/** Makes the split files in `data/` from the installed icon packages; deterministic, run with `npm run make-tasks`. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { splitFile } from '../src/load-task.js';
import { pictogramTasks, taskPlan } from '../src/tasks.js';
import { dealPictures, dealViews, imagesPerClass, type Picture, type Split } from './make-split.js';
import { picturedClasses, readSources } from './picture-classes.js';

const folder = fileURLToPath(new URL('../data', import.meta.url));
mkdirSync(folder, { recursive: true });
const sources = await readSources();
const mayTest = (_: Picture) => true;

for (const task of pictogramTasks()) {
  const notes = new Map<string, string[]>();
  const note = (reason: string, what: string) => notes.set(reason, [...(notes.get(reason) ?? []), what]);
  const split: Split = { train: [], val: [], test: [] };
  let label = 0;
  let pictures = 0;
  let leftOut = 0;
  for (const one of await picturedClasses(taskPlan(task)!, sources, note)) {
    const dealt = dealPictures(task, one, mayTest);
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
    pictures += one.pictures.length;
    leftOut += dealt.leftOut;
  }
  writeFileSync(splitFile(task), `${JSON.stringify(split)}\n`);
  const counts = `${split.train.length} train, ${split.val.length} val, ${split.test.length} test`;
  console.log(`${task}: ${label} classes, ${pictures} pictures, ${counts}; near-duplicates left out: ${leftOut}`);
  for (const [reason, what] of notes) console.log(`  ${reason} (${what.length}): ${what.join(', ')}`);
}
execFileSync('npx', ['biome', 'format', '--write', folder], { stdio: 'inherit' });
