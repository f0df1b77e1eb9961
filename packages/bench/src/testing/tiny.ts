import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ClipConfig } from '@dgprompt/clip';
import { clipWeightsToNames, disposeWeights, initClipWeights } from '@dgprompt/clip/weights';
import { seededRandom } from '@dgprompt/engine';
import { writeSafetensors } from '@dgprompt/io';
import sharp from 'sharp';

const letters = [...'abcdefghijklmnopqrstuvwxyz.'];

const config: ClipConfig = {
  embedDim: 16,
  activation: 'quick_gelu',
  vision: { imageSize: 16, patchSize: 8, width: 16, layers: 2, heads: 2 },
  text: { contextLength: 40, vocabSize: 2 * letters.length + 2, width: 16, layers: 2, heads: 2 },
};

/** A folder with a tiny random CLIP that tokenises letter by letter, for tests. */
export async function tinyClip(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dgprompt-tiny-clip-'));
  const weights = initClipWeights(config, seededRandom(1) as Parameters<typeof initClipWeights>[1]);
  await writeSafetensors(join(folder, 'model.safetensors'), clipWeightsToNames(config, weights));
  disposeWeights(config, weights);
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));
  const tokens = [...letters, ...letters.map(letter => `${letter}</w>`), '<|startoftext|>', '<|endoftext|>'];
  await writeFile(
    join(folder, 'tokenizer.json'),
    JSON.stringify({
      version: '1.0',
      added_tokens: ['<|startoftext|>', '<|endoftext|>'].map(content => ({
        ...{ id: tokens.indexOf(content), content, special: true },
        ...{ single_word: false, lstrip: false, rstrip: false, normalized: false },
      })),
      normalizer: { type: 'Lowercase' },
      pre_tokenizer: { type: 'Whitespace' },
      post_processor: null,
      decoder: null,
      model: {
        type: 'BPE',
        vocab: Object.fromEntries(tokens.map((token, id) => [token, id])),
        merges: [],
        unk_token: null,
        end_of_word_suffix: '</w>',
        continuing_subword_prefix: '',
      },
    }),
  );
  return folder;
}

const colours: Record<string, [number, number, number]> = {
  ...{ red: [220, 30, 30], green: [30, 200, 40], blue: [20, 40, 220], yellow: [230, 220, 20] },
  ...{ grey: [120, 120, 120], white: [250, 250, 250], pink: [240, 150, 180], brown: [120, 70, 30] },
};

/** A suite of tiny tasks of plain colours, ten images per class. */
export async function tinySuite(tasks: readonly string[], classes = 4): Promise<string> {
  const root = join(await mkdtemp(join(tmpdir(), 'dgprompt-tiny-suite-')), 'tiny');
  for (const [t, task] of tasks.entries()) {
    for (const [name, colour] of Object.entries(colours).slice(0, classes)) {
      await mkdir(join(root, task, name), { recursive: true });
      for (let i = 0; i < 10; i++) {
        const [r, g, b] = colour.map(value => Math.max(0, value - 3 * i - 10 * t)) as typeof colour;
        const image = sharp({ create: { width: 16, height: 16, channels: 3, background: { r, g, b } } });
        await image.png().toFile(join(root, task, name, `${i}.png`));
      }
    }
  }
  return root;
}
