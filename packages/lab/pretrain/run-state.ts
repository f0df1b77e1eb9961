import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { namedLeaves, type Tree } from '@dgprompt/engine';
import { openSafetensors, writeSafetensors } from '@dgprompt/io';
import * as tf from '@tensorflow/tfjs-core';

/** One line of the loss curve. */
export interface LogLine {
  step: number;
  /** Mean over the steps since the previous line. */
  loss: number;
  /** The concept head's loss, averaged in the same way. */
  headLoss: number;
  /** Gradient norm of the last step, before clipping. */
  norm: number;
  /** Logit scale. */
  scale: number;
  lr: number;
  /** Wall-clock time so far, excluding interruptions. */
  seconds: number;
}

/** State of a run: the next step and the time spent so far. */
export interface Place {
  next: number;
  seconds: number;
}

const checkpointFile = (folder: string) => join(folder, 'checkpoint.safetensors');
const logFile = (folder: string) => join(folder, 'log.jsonl');

/** Saves everything an interrupted run needs to resume exactly: weights, optimizer buffers, the next step. */
export async function saveRun(folder: string, state: Tree<tf.Variable>, { next, seconds }: Place): Promise<void> {
  const tensors = new Map(
    namedLeaves(state).map(([name, v]) => [name, { shape: v.shape, data: v.dataSync<'float32'>() as Float32Array }]),
  );
  await writeSafetensors(checkpointFile(folder), tensors, {
    metadata: { next: String(next), seconds: String(seconds) },
  });
}

/** Loads a saved run into the variables; without a checkpoint the run starts at step 0. */
export function resumeRun(folder: string, state: Tree<tf.Variable>): Place {
  if (!existsSync(checkpointFile(folder))) return { next: 0, seconds: 0 };
  const file = openSafetensors(checkpointFile(folder));
  try {
    for (const [name, variable] of namedLeaves(state)) {
      const value = tf.tensor(file.read(name), variable.shape, 'float32');
      variable.assign(value);
      value.dispose();
    }
    return { next: Number(file.metadata.next), seconds: Number(file.metadata.seconds) };
  } finally {
    file.close();
  }
}

/** The log's lines before a step; later ones belong to steps that are repeated. */
export function readLog(folder: string, next: number): LogLine[] {
  if (!existsSync(logFile(folder))) return [];
  const lines = readFileSync(logFile(folder), 'utf8').trim().split('\n');
  return lines.map(line => JSON.parse(line) as LogLine).filter(({ step }) => step <= next);
}

export function writeLog(folder: string, lines: readonly LogLine[]): void {
  writeAtomically(logFile(folder), `${lines.map(line => JSON.stringify(line)).join('\n')}\n`);
}

export function writeAtomically(path: string, text: string): void {
  writeFileSync(`${path}.part`, text);
  renameSync(`${path}.part`, path);
}
