import { useDevice } from '@dgprompt/engine';
import { openSafetensors } from '@dgprompt/io';
import { checkGolden, type GoldenClip, goldenClip } from '@dgprompt/lab/golden';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { golden, hasGolden } from '../testing/tiny.js';

const cases = [
  ...['coop-end', 'coop-middle', 'coop-front', 'coop-csc', 'coop-words'],
  ...['cocoop', 'vpt-shallow', 'vpt-deep', 'ivlp', 'maple', 'promptsrc'],
];

/** The cases that tfjs's own kernels run once; `npm run test:system -- tfjs-cpu` runs all of them there. */
const onCpu = ['coop-end', 'cocoop'];

const { DGPROMPT_BACKEND: asked } = process.env;
type Backend = 'onnxruntime' | 'cpu' | 'tensorflow';
const backends: [Backend, string[]][] = asked
  ? [[asked as Backend, cases]]
  : [
      ['onnxruntime', cases],
      ['cpu', onCpu],
    ];

describe.skipIf(!hasGolden).each(backends)(
  'on %s, equal to the published code (skipped without ../shared/golden)',
  (backend, some) => {
    let clips: Record<string, GoldenClip>;
    beforeAll(async () => {
      await useDevice({ backend });
      const load = (name: string) => goldenClip(`${golden}${name}.safetensors`);
      clips = { clip: await load('clip'), 'promptsrc-clip': await load('promptsrc-clip') };
    });
    afterAll(() => {
      for (const { clip } of Object.values(clips)) clip.dispose();
    });

    it.each(some)(
      '%s: logits, loss, gradients, two steps of SGD',
      async name => {
        const file = openSafetensors(`${golden}${name}.safetensors`);
        const { clip } = clips[name === 'promptsrc' ? 'promptsrc-clip' : 'clip']!;
        const checks = await checkGolden(file, clip);
        if (process.env.SHOW_ERRORS) console.log(backend, name, checks);
        for (const { what, error, tolerance } of checks) expect(error, what).toBeLessThan(tolerance);
        const always = ['logits', 'loss', 'gradients', 'losses', 'parameters', 'logits after training'];
        expect(checks.map(({ what }) => what)).toEqual(expect.arrayContaining(always));
        if (name === 'promptsrc') expect(checks).toHaveLength(always.length + 6); // the loss, term by term
        file.close();
      },
      300_000,
    ); // tfjs-cpu takes seconds for what ONNX Runtime takes milliseconds for
  },
);
