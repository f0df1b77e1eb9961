import {
  type Clip,
  clipVocabulary,
  clipWeightsFromNames,
  configFromShapes,
  createClip,
  openSafetensors,
} from '@dgprompt/clip';
import { compile, useDevice } from '@dgprompt/engine';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Method } from './method.js';
import { isTransposed, published } from './published.js';
import { namedVariables } from './save.js';
import { type Batch, lossAndGradients, lossTerms, trainingStep } from './step.js';
import { distance, golden, hasGolden } from './testing.js';
import { classTargets } from './training-data.js';

const cases = [
  ...['coop-end', 'coop-middle', 'coop-front', 'coop-csc', 'coop-words'],
  ...['cocoop', 'vpt-shallow', 'vpt-deep', 'ivlp', 'maple', 'promptsrc'],
];

/** The golden CLIP has a few rows of the published vocabulary; its metadata lists which. */
async function goldenClip(name: string): Promise<Clip> {
  const file = openSafetensors(`${golden}${name}.safetensors`);
  const config = configFromShapes(file.path, file.tensors);
  const weights = clipWeightsFromNames(config, ({ name }) => file.read(name));
  const ids: number[] = JSON.parse(file.metadata.token_ids!);
  file.close();
  const full = await clipVocabulary();
  const row = (id: number) => ids.indexOf(id);
  const tokenizer = {
    start: row(full.start),
    end: row(full.end),
    encode: (text: string) => full.encode(text).map(row),
  };
  // The published runs' scale was 1/0.07 in float32; the weight file has its logarithm rounded to float16.
  return { ...createClip({ config, weights, tokenizer }), logitScale: 1 / 0.07 };
}

describe.skipIf(!hasGolden).each(['onnxruntime', 'cpu'] as const)(
  'on %s, equal to the published code (skipped without ../shared/golden)',
  backend => {
    let clips: Record<string, Clip>;
    beforeAll(async () => {
      await useDevice({ backend });
      clips = { clip: await goldenClip('clip'), 'promptsrc-clip': await goldenClip('promptsrc-clip') };
    });
    afterAll(() => {
      for (const clip of Object.values(clips)) clip.dispose();
    });

    it.each(cases)(
      '%s: logits, loss, gradients, two steps of SGD',
      async name => {
        const file = openSafetensors(`${golden}${name}.safetensors`);
        const setting = file.metadata;
        const classNames: string[] = JSON.parse(setting.classnames!);
        const clip = clips[name === 'promptsrc' ? 'promptsrc-clip' : 'clip']!;
        const { method: factory, options, parameter } = published[name.split('-')[0]!]!;
        const method: Method = factory(clip, classNames, options(setting));
        const targets = await classTargets(method);

        const variables = namedVariables({ variables: method.parts.variables });
        const read = (prefix: string) =>
          new Map(
            [...file.tensors.keys()]
              .filter(key => key.startsWith(`${prefix}.`))
              .map(key => {
                const tensor = tf.tensor(file.read(key), file.tensors.get(key)!.shape);
                const own = parameter(key.slice(prefix.length + 1))!;
                return [own, isTransposed(own) ? tf.transpose(tensor) : tensor] as const;
              }),
          );
        const init = read('init');
        expect([...init.keys()].sort()).toEqual([...variables.keys()].sort());
        for (const [key, value] of init) variables.get(key)!.assign(value);

        const tensor = (key: string) => tf.tensor(file.read(key), file.tensors.get(key)!.shape);
        const images = tf.unstack(tensor('images')) as tf.Tensor4D[];
        const labels = tf.unstack(tf.cast(tensor('labels'), 'int32')) as tf.Tensor1D[];
        const batch = (i: number): Batch => ({
          images: images[i]!,
          labels: labels[i]!,
          rows: tf.ones([labels[i]!.size]),
        });

        const step = trainingStep(method);
        const [lr, losses] = [Number(setting.lr), JSON.parse(setting.losses!) as number[]];

        const first = compile((b: Batch) => {
          const [loss, gradients] = lossAndGradients(method, b, targets);
          return { loss, gradients, logits: lossTerms(method, b, targets).logits };
        });
        const { loss, gradients, logits } = await first(batch(0));
        const errors: Record<string, number> = {
          logits: distance(logits.dataSync(), file.read('step0.logits')),
          loss: Math.abs(loss.dataSync()[0]! - losses[0]!),
        };
        const flat = namedVariables({ variables: gradients as never });
        const wanted = read('grad0');
        const largest = Math.max(...[...wanted.values()].map(g => tf.max(tf.abs(g)).dataSync()[0]!));
        errors.gradients = Math.max(
          ...[...wanted].map(([key, g]) => distance(flat.get(key)!.dataSync(), g.dataSync()) / largest),
        );

        const seen = [await step.run(batch(0), targets, lr), await step.run(batch(1), targets, lr)];
        errors.losses = distance(seen, losses);
        errors.final = Math.max(
          ...[...read('final')].map(([key, value]) => distance(variables.get(key)!.dataSync(), value.dataSync())),
        );
        const after = await first(batch(0));
        errors.evaluation = distance(after.logits.dataSync(), file.read('eval_logits'));

        if (process.env.SHOW_ERRORS) console.log(backend, name, errors);
        for (const [what, error] of Object.entries(errors)) expect(error, what).toBeLessThan(1e-4);

        await first.dispose();
        await step.dispose();
        method.dispose();
        file.close();
      },
      300_000,
    ); // tfjs-cpu takes seconds for what ONNX Runtime takes milliseconds for
  },
);
