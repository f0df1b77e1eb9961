import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../processes.mjs';
import { root, turbo } from '../setup.mjs';

/** Classes of the pictures that the checks draw, by colour. */
const colours = { red: [210, 60, 50], green: [60, 190, 80], blue: [50, 70, 210] };

/**
 * A user's exports: a classifier trained on pictures of many sizes, as ONNX files (`fp32`, `fp16`, `int8`) and as a
 * page, all made by the built command.
 * @returns {Promise<{ folder: string, model: (precision: string) => string, page: string, images: Predicted[], clean:
 *   () => void }>}
 * @typedef {{ path: string, predictions: { label: string, score: number }[] }} Predicted
 */
export async function exported() {
  const folder = mkdtempSync(join(tmpdir(), 'dgprompt-exported-'));
  const clean = () => rmSync(folder, { recursive: true, force: true });
  const place = name => join(folder, name);
  try {
    await draw(place('pictures'));
    if ((await turbo(['build'], ['--filter=dgprompt'], { quiet: true })) !== 0) throw new Error('The build failed.');
    const quick = ['--method', 'dgprompt', '--epochs', '1', '--augment', 'none'];
    await dgprompt('train', place('pictures'), '--out', place('classifier'), ...quick);
    for (const precision of ['fp32', 'fp16', 'int8'])
      await dgprompt('export', place('classifier'), '--precision', precision, '--out', place(`${precision}.onnx`));
    await dgprompt('export', place('classifier'), '--format', 'web', '--out', place('page'));
    const json = await dgprompt('predict', place('classifier'), place('pictures'), '--top', '99', '--json');
    const images = json
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line));
    return { folder, model: precision => place(`${precision}.onnx`), page: place('page'), images, clean };
  } catch (error) {
    clean();
    throw error;
  }
}

async function dgprompt(...args) {
  const program = join(root, 'packages', 'cli', 'dist', 'main.js');
  const { code, output, stdout } = await run(process.execPath, [program, ...args], { capture: true });
  if (code === 130) process.exit(130);
  if (code !== 0) throw new Error(`dgprompt ${args[0]} failed: ${output.trim().split('\n').at(-1)}`);
  return stdout;
}

/** Pictures with edges and noise, so that any deviation from Pillow's resize is visible. */
async function draw(to) {
  const { default: sharp } = await import('sharp');
  let state = 11;
  const next = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (const [name, colour] of Object.entries(colours)) {
    mkdirSync(join(to, name), { recursive: true });
    for (let i = 0; i < 8; i++) {
      const [width, height] = [
        [64, 64],
        [60, 60],
        [200, 150],
        [151, 333],
        [17, 40],
        [640, 480],
        [61, 60],
        [1, 1],
      ][i];
      const channels = i === 2 ? 4 : 3; // one with transparent areas, whose colours still count
      const data = Uint8Array.from({ length: width * height * channels }, (_, k) => {
        const [x, y] = [Math.floor(k / channels) % width, Math.floor(k / channels / width)];
        const edge = (Math.floor(x / 9) + Math.floor(y / 7)) % 2 === 0 ? 70 : 0;
        if (k % channels === 3) return edge === 0 ? 255 : 40;
        return Math.max(0, Math.min(255, colour[k % channels] - edge + 120 * (next() - 0.5)));
      });
      await sharp(data, { raw: { width, height, channels } })
        .png()
        .toFile(join(to, name, `${i}.png`));
    }
  }
}

/** The largest difference from the probabilities of `predict`, by label. */
export function largestDifference(labels, probabilities, { predictions }) {
  const own = new Map(predictions.map(({ label, score }) => [label, score]));
  return Math.max(...labels.map((label, i) => Math.abs(probabilities[i] - own.get(label))));
}

/** Largest allowed difference from `predict`'s probabilities: float32 must agree to 1e-4, the others store less. */
export const allowed = { fp32: 1e-4, fp16: 2e-3, int8: 0.2 };
