import { writeFile } from 'node:fs/promises';
import { useDevice } from '@dgprompt/engine';
import { goldenMethods, goldenSteps } from './golden-steps.js';

// Records the golden steps on tfjs's plain CPU backend: `npm run golden-steps`.
await useDevice({ backend: 'cpu' });
const recorded: Record<string, Record<string, number[]>> = {};
for (const [name, method] of Object.entries(goldenMethods)) {
  const steps = Object.entries(await goldenSteps(method));
  recorded[name] = Object.fromEntries(steps.map(([what, values]) => [what, values.map(x => Number(x.toPrecision(7)))]));
}
await writeFile(new URL('./golden-steps.json', import.meta.url), `${JSON.stringify(recorded, null, 2)}\n`);
