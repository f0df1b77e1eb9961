import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { compile, useDevice } from '@dgprompt/engine';
import { miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs';
import pc from 'picocolors';
import { machine, versions } from './environment.js';

interface Check {
  name: string;
  ok: boolean;
  says: string;
}

/** Prints versions, the machine and a few checks; the exit code is 1 if one fails. */
export async function runDoctor(json: boolean): Promise<void> {
  const [installed, here] = [versions(), machine()];
  const checks = [engineWorks, hasModel].map(async check => check());
  const results = await Promise.all(checks);
  if (results.some(({ ok }) => !ok)) process.exitCode = 1;
  if (json) {
    process.stdout.write(`${JSON.stringify({ versions: installed, machine: here, checks: results }, null, 2)}\n`);
    return;
  }
  const lines = [
    `${here.system}, ${here.cpu}, ${here.cores} cores, ${here.memoryGiB} GiB`,
    ...Object.entries(installed).map(([name, version]) => `${name} ${version}`),
    ...results.map(({ name, ok, says }) => `${ok ? pc.green('✓') : pc.red('✗')} ${name}: ${says}`),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

/** One compiled step with a known answer. */
async function engineWorks(): Promise<Check> {
  const name = 'ONNX Runtime';
  try {
    await useDevice();
    const product = compile((x: tf.Tensor2D) => tf.matMul(x, x));
    const result = await product(tf.tensor2d([1, 2, 3, 4], [2, 2]));
    const values = [...(await result.data())];
    await product.dispose();
    const ok = values.join() === '7,10,15,22';
    return { name, ok, says: ok ? 'computes' : `computes ${values.join()} where 7,10,15,22 is right` };
  } catch (error) {
    return { name, ok: false, says: (error as Error).message };
  }
}

async function hasModel(): Promise<Check> {
  const ok = existsSync(join(miniClip, 'model.safetensors'));
  return {
    name: 'mini-CLIP',
    ok,
    says: ok ? miniClip : `is not there (${miniClip}); install @dgprompt/pictograms again`,
  };
}
