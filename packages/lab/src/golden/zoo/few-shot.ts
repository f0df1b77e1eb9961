import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeSafetensors } from '@dgprompt/io';
import type { Method } from '@dgprompt/methods';
import { clap, clipAdapter, taskres, tipAdapterF } from '@dgprompt/methods/zoo';
import * as tf from '@tensorflow/tfjs-core';
import { near } from './comparisons.js';
import type { Recording } from './recording.js';
import type { ZooCase } from './steps.js';

type Shots = Parameters<NonNullable<Method['learner']['fit']>>[0];

const state = (method: Method, name: string) => method.learner.state![name] as tf.Variable;

const unit = (rows: tf.Tensor) => tf.tidy(() => tf.div(rows, tf.norm(rows, 2, -1, true)));

/** TaskRes; a recorded text projection is passed as a file. */
const taskresCase: ZooCase = {
  make: ({ clip, classNames, templates, setting }) =>
    taskres(clip, classNames, { templates, scale: Number(setting('RESIDUAL_SCALE') ?? 0.5) }),
  async prepare(method, recording) {
    const { has, tensor } = recording;
    if (has('enhanced.weight')) await fitEnhanced(method, recording);
    else await method.learner.fit!({} as Shots);
    return [near('base', state(method, 'base'), tensor('base_text_features'))];
  },
};

async function fitEnhanced(method: Method, { clip, classNames, templates, tensor }: Recording): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'taskres-'));
  try {
    const file = join(folder, 'base.safetensors');
    const weight = tensor('enhanced.weight');
    await writeSafetensors(file, new Map([['weight', { shape: weight.shape, data: weight.dataSync<'float32'>() }]]));
    const tuned = taskres(clip, classNames, { templates, enhanced: file });
    await tuned.learner.fit!({} as Shots);
    state(method, 'base').assign(state(tuned, 'base'));
    tuned.dispose();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Methods on frozen features that take gradient steps. */
export const fewShotCases: Readonly<Record<string, ZooCase>> = {
  'tip-adapter-f': {
    make({ clip, classNames, templates, shape, setting }) {
      const [alpha, beta] = [Number(setting('init_alpha')), Number(setting('init_beta'))];
      return tipAdapterF(clip, classNames, { templates, images: shape('cache_values')[0]!, alpha, beta });
    },
    prepare(method, { tensor }) {
      state(method, 'labels').assign(tf.cast(tf.argMax(tensor('cache_values'), 1), 'float32'));
      return [];
    },
  },
  'clip-adapter': {
    make: ({ clip, classNames, templates, metadata }) =>
      clipAdapter(clip, classNames, {
        ...{ templates, ratio: Number(metadata.ratio), reduction: Number(metadata.reduction) },
      }),
  },
  taskres: taskresCase,
  'taskres-enhanced': taskresCase,
  clap: {
    make: ({ clip, classNames, templates, shape, setting }) =>
      clap(clip, classNames, {
        ...{ templates, images: shape('features')[0]!, constraint: setting('CONSTRAINT') === 'none' ? 0 : 1 },
      }),
    async prepare(method, { tensor, labels, has }) {
      const features = unit(tensor('features')) as tf.Tensor2D;
      await method.learner.fit!({ features, labels: labels('train_labels') } as Shots);
      const base = near('base', state(method, 'base'), tensor('base_text_features'));
      if (!has('lagrange')) return [base];
      return [base, near('multipliers', state(method, 'lagrange'), tensor('lagrange'))];
    },
    batch({ tensor, labels }, step) {
      const image = unit(tensor('features'));
      const truth = labels('train_labels'); // the second step sees them in reverse
      return {
        frozen: { image: step === 0 ? image : tf.reverse(image, 0) },
        labels: tf.tensor1d(step === 0 ? truth : truth.slice().reverse(), 'int32'),
        mask: tf.ones([truth.length]),
      };
    },
    terms: (all, method) => ({ constraint: tf.sub(method.learner.loss!(all), all.crossEntropy) }),
  },
};
