import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type ClipWeights, patchCount } from '@dgprompt/clip';
import { clipWeightsToNames, initClipWeights } from '@dgprompt/clip/weights';
import { mapTree, seededRandom, type Tree, useDevice } from '@dgprompt/engine';
import { writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';
import { type Batch, batchStream, openCorpus } from './batches.js';
import { type Inputs, pretrainingStep } from './contrastive.js';
import { clipConfig, learningRate, recipe } from './recipe.js';
import { progressLine, renderCorpus } from './render.js';
import { type LogLine, readLog, resumeRun, saveRun, writeAtomically, writeLog } from './run-state.js';

const folder = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const modelFolder = folder('../../pictograms/model');
const { values: options } = parseArgs({
  options: {
    cache: { type: 'string', default: folder('../../../.cache/pretrain') },
    out: { type: 'string', default: modelFolder },
    stop: { type: 'string', default: String(recipe.steps) },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (options.help) {
  console.log(`Renders the icons and pretrains the mini-CLIP on them; resumes from the last checkpoint.

  npm run pretrain -w @dgprompt/lab -- [--cache FOLDER] [--out FOLDER] [--stop STEP]

  --cache  rendered icons, checkpoint and log (default: .cache/pretrain of the repository)
  --out    where the model goes (default: the package's model folder)
  --stop   write the model after this step (default: ${recipe.steps}, the whole recipe)`);
  process.exit(0);
}
const stop = Math.min(Number(options.stop), recipe.steps);
if (!(stop > 0)) throw new Error(`--stop must be a number of steps above 0, not "${options.stop}".`);

/** Steps between log lines, and between checkpoints. */
const logEvery = 50;
const saveEvery = 250;

await useDevice({ threads: recipe.threads });
const run = join(options.cache, 'run');
mkdirSync(run, { recursive: true });
await renderCorpus(options.cache, progressLine('Rendering icons'));
const corpus = openCorpus(options.cache);
const config = clipConfig(corpus.vocabSize);
const random = seededRandom(recipe.seed);
const weights = mapTree(
  (t: tf.Tensor) => tf.variable(t),
  initClipWeights(config, random) as unknown as Tree<tf.Tensor>,
) as unknown as ClipWeights<tf.Variable>;
const heads = tf.variable(random.normal([corpus.emoji.length, config.embedDim], 1));
const { step, optimizer } = pretrainingStep({ clip: weights, heads }, config);
const state = { weights, heads, optimizer } as unknown as Tree<tf.Variable>;

const { next, seconds: before } = resumeRun(run, state);
const log = readLog(run, next);
console.log(
  next > 0 ? `Going on from step ${next} of ${stop}.` : `Pretraining: ${stop} steps of ${recipe.batch} pictures.`,
);

const started = performance.now();
const sinceStart = () => (performance.now() - started) / 1000;
let at = next;
let losses: { loss: number; headLoss: number }[] = [];
for (const { to, ...look } of recipe.phases) {
  const end = Math.min(to, stop);
  if (at >= end) continue;
  const { imageSize } = config.vision;
  const options = { ...look, seed: recipe.seed, size: recipe.batch, imageSize, patches: patchCount(config.vision) };
  for await (const batch of batchStream(corpus, { ...options, from: at })) {
    const { norm, ...both } = await trainOn(batch, learningRate(at));
    losses.push(both);
    at++;
    if (at % logEvery === 0 || at === stop) writeDown(norm);
    if (at % saveEvery === 0 || at === stop) await saveRun(run, state, { next: at, seconds: before + sinceStart() });
    if (at === end) break;
  }
}
await publish();
process.exit(0);

async function trainOn(batch: Batch, lr: number): Promise<{ loss: number; headLoss: number; norm: number }> {
  const rows = recipe.batch;
  const { imageSize } = config.vision;
  const inputs: Inputs = {
    pixels: tf.tensor4d(batch.pixels, [rows, 3, imageSize, imageSize]),
    kept: tf.tensor2d(batch.kept, [rows, batch.kept.length / rows], 'int32'),
    tokens: tf.tensor2d(batch.tokens, [rows, batch.tokens.length / rows], 'int32'),
    ends: tf.tensor1d(batch.ends, 'int32'),
    group: tf.tensor1d(batch.group, 'int32'),
    emoji: tf.tensor1d(batch.emoji, 'int32'),
  };
  const rate = tf.scalar(lr);
  const result = await step(inputs, rate);
  const [loss, headLoss, norm] = [result.loss, result.headLoss, result.norm].map(t => t.dataSync()[0]!) as [
    number,
    number,
    number,
  ];
  tf.dispose([...Object.values(inputs), rate, result.loss, result.headLoss, result.norm]);
  if (!Number.isFinite(loss + headLoss)) {
    throw new Error(`The loss is ${loss} at step ${at} (learning rate ${lr}): lower lr in pretrain/recipe.ts.`);
  }
  return { loss, headLoss, norm };
}

/** Logs and prints a line for the steps since the last one. */
function writeDown(norm: number): void {
  const mean = (of: 'loss' | 'headLoss') => losses.reduce((sum, each) => sum + each[of], 0) / losses.length;
  const [loss, headLoss] = [mean('loss'), mean('headLoss')];
  losses = [];
  const scale = Math.exp(weights.logitScale.dataSync()[0]!);
  const line = { step: at, loss, headLoss, norm, scale, lr: learningRate(at - 1), seconds: before + sinceStart() };
  log.push(line);
  writeLog(run, log);
  report(line);
}

function report({ loss, headLoss, scale }: LogLine): void {
  const pace = sinceStart() / (at - next);
  const left = Math.ceil(((stop - at) * pace) / 60);
  console.log(
    `step ${at}/${stop}  loss ${loss.toFixed(3)}, concepts ${headLoss.toFixed(3)}  logit scale ${scale.toFixed(1)}  ${pace.toFixed(2)} s a step  ${left} min left`,
  );
}

/** Writes the model as the package ships it, float16 weights with OpenAI's names and its shape; and the log. */
async function publish(): Promise<void> {
  mkdirSync(options.out, { recursive: true });
  const file = join(options.out, 'model.safetensors');
  await writeSafetensors(file, clipWeightsToNames(config, weights), { dtype: 'F16' });
  writeAtomically(join(options.out, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  const logFolder = options.out === modelFolder ? folder('.') : options.out; // the installed package has no log
  writeAtomically(join(logFolder, 'log.jsonl'), `${log.map(line => JSON.stringify(line)).join('\n')}\n`);
  console.log(`Written: ${file}`);
}
