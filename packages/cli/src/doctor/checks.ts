import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Compute, compile, useDevice } from '@dgprompt/engine';
import { allowedIn, holds, worstOf } from '@dgprompt/lab/verify';
import { miniClip } from '@dgprompt/pictograms';
import * as tf from '@tensorflow/tfjs-core';
import { checkSteps, goldenNames } from './golden-check.js';
import type { Place } from './places.js';

/** The result of a check. */
export interface DoctorCheck {
  name: string;
  ok: boolean;
  says: string;
}

/** Checks that the engine computes correctly on a device: a product, then recorded training steps. */
export async function engineChecks(choice: Compute): Promise<DoctorCheck[]> {
  const first = await attempt(engineName(choice), async () => {
    await useDevice(choice);
    const values = await square();
    const ok = values.join() === '7,10,15,22';
    return { ok, says: ok ? 'computes' : `computes ${values.join()} instead of 7,10,15,22` };
  });
  const checks = [first];
  if (first.ok)
    for (const name of goldenNames) checks.push(await attempt(`${name}, two steps`, () => golden(name, choice)));
  return checks;
}

/** Checks that the included CLIP is present. */
export function modelCheck(): DoctorCheck {
  const ok = existsSync(join(miniClip, 'model.safetensors'));
  const says = ok ? miniClip : `is missing (${miniClip}); install @dgprompt/pictograms again`;
  return { name: 'mini-CLIP', ok, says };
}

/** Checks that results can be written. */
export function writeCheck({ name, path, writable }: Place): DoctorCheck {
  return {
    name,
    ok: writable,
    says: writable ? 'is writable' : `${path} is not writable; choose another folder`,
  };
}

const engineName = ({ backend, device, precision }: Compute): string =>
  `${backend === 'onnxruntime' ? `ONNX Runtime on ${device}` : `tfjs backend ${backend}`}${precision === undefined || precision === 'fp32' ? '' : `, ${precision}`}`;

async function attempt(name: string, check: () => Promise<Omit<DoctorCheck, 'name'>>): Promise<DoctorCheck> {
  try {
    return { name, ...(await check()) };
  } catch (error) {
    return { name, ok: false, says: (error as Error).message };
  }
}

/** A compiled product with a known answer. */
async function square(): Promise<number[]> {
  const product = compile((x: tf.Tensor2D) => tf.matMul(x, x));
  const result = await product(tf.tensor2d([1, 2, 3, 4], [2, 2]));
  const values = [...(await result.data())];
  await product.dispose();
  return values;
}

async function golden(name: (typeof goldenNames)[number], { precision }: Compute): Promise<Omit<DoctorCheck, 'name'>> {
  const checks = (await checkSteps(name)).map(check => allowedIn(precision, check));
  const { what, error, tolerance } = worstOf(checks);
  const size = `largest error ${error.toExponential(1)} of ${tolerance.toExponential(1)} allowed`;
  return { ok: checks.every(holds), says: `${size} (${what})` };
}
