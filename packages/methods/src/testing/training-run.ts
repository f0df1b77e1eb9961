import { useDevice } from '@dgprompt/engine';
import { train } from '../training/train.js';
import { resolveMethod } from '../zoo/all.js';
import { imageViews, items, names, tinyClip, values } from './tiny.js';

/**
 * A training run in a separate process, for tests that kill it: arguments are a folder, a method and its options as
 * JSON.
 */
const [folder, id, options] = process.argv.slice(2) as [string, string, string];
await useDevice({ threads: 1 });
const method = resolveMethod(id)(tinyClip(), names, JSON.parse(options));
for await (const { number } of train(method, items(3), { transform: imageViews(), checkpoint: folder })) {
  process.stdout.write(`epoch ${number}\n`);
}
process.stdout.write(`${JSON.stringify(values(method))}\n`);
process.exit(0);
