import type { Clip } from '@dgprompt/clip';
import type { SafetensorsFile } from '@dgprompt/io';
import type { Comparison } from '../method-steps.js';
import { atOnceCases } from './at-once.js';
import { describedCases } from './described.js';
import { fewShotCases } from './few-shot.js';
import { promptedCases } from './prompted.js';
import { openRecording } from './recording.js';
import { checkSteps } from './steps.js';

const stepCases = { ...fewShotCases, ...promptedCases, ...describedCases };

/** Whether this version has a recorded method. */
export const isInZoo = (method: string): boolean => method in stepCases || method in atOnceCases;

/**
 * Compares a method with the recording of its published code, with the recording's optimizer, rates, settings and
 * terms.
 *
 * @param method its name in the recording: `taskres-enhanced`
 */
export async function checkZoo(file: SafetensorsFile, clip: Clip, method: string): Promise<Comparison[]> {
  const recording = openRecording(file, clip);
  try {
    const atOnce = atOnceCases[method];
    return atOnce ? await atOnce(recording) : await checkSteps(recording, stepCases[method]!);
  } finally {
    recording.dispose();
  }
}
