import { browser } from './browser.mjs';
import { checkpoints } from './checkpoints.mjs';
import { chromium } from './chromium.mjs';
import { coreSpecs } from './core-specs.mjs';
import { faults } from './faults.mjs';
import { hostile } from './hostile.mjs';
import { hostilePages } from './hostile-pages.mjs';
import { killedWorkers } from './killed-workers.mjs';
import { otherNodes } from './other-nodes.mjs';
import { playground } from './playground.mjs';
import { pythonOnnxRuntime } from './python-onnxruntime.mjs';
import { quickstart } from './quickstart.mjs';
import { report } from './report.mjs';
import { site } from './site.mjs';
import { slurm } from './slurm.mjs';
import { speed } from './speed.mjs';
import { tensorflow } from './tensorflow.mjs';
import { tfjsCpu } from './tfjs-cpu.mjs';
import { traces } from './traces.mjs';
import { webgpu } from './webgpu.mjs';

/** Every check of `npm run test:system`, in execution order. */
export const all = [
  quickstart,
  speed,
  checkpoints,
  killedWorkers,
  hostile,
  faults,
  traces,
  coreSpecs,
  slurm,
  tfjsCpu,
  tensorflow,
  webgpu,
  chromium,
  browser,
  report,
  hostilePages,
  playground,
  site,
  pythonOnnxRuntime,
  ...otherNodes,
];
