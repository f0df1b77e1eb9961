import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ClipWeights, clipWeightsToNames, initClipWeights, writeSafetensors } from '@dgprompt/clip';
import { mapTree, seededRandom, type Tree, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { type Batch, batchStream, openCorpus } from './batches.js';
import { pretrainingStep } from './contrastive.js';
import { clipConfig, learningRate, recipe } from './recipe.js';
import { type LogLine, readLog, resumeRun, saveRun, writeAtomically, writeLog } from './run-state.js';

const packageFolder = fileURLToPath(new URL('..', import.meta.url));
const { values: options } = parseArgs({
  options: {
    cache: { type: 'string', default: join(packageFolder, '../../.cache/pretrain') },
    out: { type: 'string', default: join(packageFolder, 'model') },
    stop: { type: 'string', default: String(recipe.steps) },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(`Pretrains the mini-CLIP; started again after a cut, it goes on from the last checkpoint.

  npm run pretrain -w @dgprompt/pictograms -- [--cache FOLDER] [--out FOLDER] [--stop STEP]

  --cache  rendered icons, checkpoint and log (default: .cache/pretrain of the repository)
  --out    where the model goes (default: the package's model folder)
  --stop   write the model after this step (default: ${recipe.steps}, the whole recipe)`);
  process.exit(0);
}
const stop = Math.min(Number(options.stop), recipe.steps);
if (!(stop > 0)) throw new Error(`--stop must be a number of steps above 0, not "${options.stop}".`);

/** Steps between two lines of the log, and between two checkpoints. */
const logEvery = 50;
const saveEvery = 250;

await useDevice({ threads: recipe.threads });
const run = join(options.cache, 'run');
mkdirSync(run, { recursive: true });
const corpus = openCorpus(options.cache);
const config = clipConfig(corpus.vocabSize);
const weights = mapTree(
  (t: tf.Tensor) => tf.variable(t),
  initClipWeights(config, seededRandom(recipe.seed)) as unknown as Tree<tf.Tensor>,
) as unknown as ClipWeights<tf.Variable>;
const { step, update } = pretrainingStep(weights, config);
const state = { weights, optimizer: update.state! } as unknown as Tree<tf.Variable>;

const { next, seconds: before } = resumeRun(run, state);
const log = readLog(run, next);
console.log(
  next > 0 ? `Going on from step ${next} of ${stop}.` : `Pretraining: ${stop} steps of ${recipe.batch} pictures.`,
);

const started = performance.now();
const sinceStart = () => (performance.now() - started) / 1000;
let at = next;
let losses: number[] = [];
for (const { to, emojiShare } of recipe.phases) {
  const end = Math.min(to, stop);
  if (at >= end) continue;
  for await (const batch of batchStream(corpus, { seed: recipe.seed, size: recipe.batch, emojiShare, from: at })) {
    const { loss, norm } = await trainOn(batch, learningRate(at));
    losses.push(loss);
    at++;
    if (at % logEvery === 0 || at === stop) writeDown(norm);
    if (at % saveEvery === 0 || at === stop) await saveRun(run, state, { next: at, seconds: before + sinceStart() });
    if (at === end) break;
  }
}
await publish();
process.exit(0);

async function trainOn({ pixels, tokens, ends, group }: Batch, lr: number): Promise<{ loss: number; norm: number }> {
  const { imageSize } = config.vision;
  const inputs = [
    tf.tensor4d(pixels, [recipe.batch, 3, imageSize, imageSize]),
    tf.tensor2d(tokens, [recipe.batch, tokens.length / recipe.batch], 'int32'),
    tf.tensor1d(ends, 'int32'),
    tf.tensor1d(group, 'int32'),
    tf.scalar(lr),
  ] as const;
  const result = await step(...inputs);
  const [loss, norm] = [result.loss.dataSync()[0]!, result.norm.dataSync()[0]!];
  tf.dispose([...inputs, result.loss, result.norm]);
  if (!Number.isFinite(loss)) {
    throw new Error(`The loss is ${loss} at step ${at} (learning rate ${lr}): lower lr in pretrain/recipe.ts.`);
  }
  return { loss, norm };
}

/** Adds a line to the log for the steps since the last one, and shows it. */
function writeDown(norm: number): void {
  const loss = losses.reduce((sum, value) => sum + value, 0) / losses.length;
  losses = [];
  const scale = Math.exp(weights.logitScale.dataSync()[0]!);
  const line = { step: at, loss, norm, scale, lr: learningRate(at - 1), seconds: before + sinceStart() };
  log.push(line);
  writeLog(run, log);
  report(line);
}

function report({ loss, scale }: LogLine): void {
  const pace = sinceStart() / (at - next);
  const left = Math.ceil(((stop - at) * pace) / 60);
  console.log(
    `step ${at}/${stop}  loss ${loss.toFixed(3)}  logit scale ${scale.toFixed(1)}  ${pace.toFixed(2)} s a step  ${left} min left`,
  );
}

/** Writes the model as the package carries it: float16 weights by OpenAI's names, and the shape. */
async function publish(): Promise<void> {
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, 'model.safetensors');
  await writeSafetensors(file, clipWeightsToNames(config, weights), { dtype: 'F16' });
  writeAtomically(join(options.out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeAtomically(join(packageFolder, 'pretrain/log.jsonl'), `${log.map(line => JSON.stringify(line)).join('\n')}\n`);
  console.log(`Written: ${file}`);
}
