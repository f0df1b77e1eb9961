/** A process that does its share of a job: see workers.ts. */
import { loadClip } from '@dgprompt/clip';
import { useDevice } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import { bench } from '../src/bench.js';
import { interrupted } from '../src/interrupt.js';
import { reporter } from '../src/reporter.js';
import { openSuite } from '../src/suite.js';
import { tuned } from './tuned.js';
import { validationSuite } from './validation-suite.js';
import type { Job } from './workers.js';

const { methods, tasks, seeds, validation, shots, results } = JSON.parse(process.argv[2]!) as Job;
const { signal } = interrupted();
await useDevice({ device: 'cpu', threads: 1, backend: 'onnxruntime' });
const pictograms = await openSuite('pictograms');
const { failed, stopped } = await bench({
  clip: await loadClip(miniClip),
  suite: validation ? validationSuite(pictograms) : pictograms,
  methods: methods.map(tuned),
  ...{ tasks, seeds, shots, threads: 1, results, reporter: reporter(), signal },
});
process.exit(stopped ? 130 : failed.length > 0 ? 1 : 0);
