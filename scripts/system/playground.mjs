import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root, turbo } from '../setup.mjs';
import { serve } from '../static-server.mjs';
import { total } from '../summary.mjs';
import { inChromium, offNetwork, softwareGpu } from './in-chromium.mjs';
import { badInput } from './playground/bad-input.mjs';
import { clips } from './playground/clips.mjs';
import { onGpu } from './playground/gpu.mjs';
import { looks } from './playground/looks.mjs';
import { mainRoad } from './playground/main-road.mjs';
import { own } from './playground/own.mjs';
import { places } from './playground/places.mjs';

const measuresAtOnce = '--enable-blink-features=ForceEagerMeasureMemory';

/** A camera that shows a test picture, immediate memory measurement, and no network access by the browser itself. */
const flags = ['--use-fake-device-for-media-stream', '--disable-gpu', measuresAtOnce, ...offNetwork];

/** The playground, with real files in a real headless Chromium. `--full` trains with the methods' own recipes. */
export const playground = {
  name: 'the playground (Chromium)',
  async run({ full }) {
    const code = await turbo(['build'], ['--filter=@dgprompt/playground'], { quiet: true });
    if (code !== 0) return { passed: 0, failed: 1, skipped: 0 };
    rmSync(screenshots, { recursive: true, force: true });
    const checks = { ...mainRoad, ...own, ...clips, ...badInput, ...places, ...looks };
    const counts = await inChromium(() => made(full), checks, flags);
    if (typeof counts === 'string') return counts;
    return total([counts, await inChromium(() => made(full), onGpu, [...offNetwork, ...softwareGpu])]);
  },
};

const screenshots = join(root, '.turbo', 'playground-screenshots');

async function made(full) {
  mkdirSync(screenshots, { recursive: true });
  const folder = join(root, 'apps', 'playground', 'dist');
  const { url, close } = await serve(folder);
  return { folder, url, full, screenshots, clean: close };
}
