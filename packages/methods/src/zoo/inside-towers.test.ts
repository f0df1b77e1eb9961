import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dataset, folder } from '@dgprompt/datasets';
import { useDevice } from '@dgprompt/engine';
import { beforeAll, describe, expect, it } from 'vitest';
import { exportModel } from '../classifier/onnx.js';
import { colourFolder, colours } from '../testing/colour-folder.js';
import { tinyClip, values } from '../testing/tiny.js';
import { train } from '../training/train.js';
import { resolveMethod } from './all.js';
import { loadMethod } from './load.js';

const ids = ['clip-lora', 'mma', 'tcp', 'rpo', 'coprompt', 'mmrl', 'mmrlpp', 'dept'];

let root: string;
let dataset: Dataset;
beforeAll(async () => {
  await useDevice({ threads: 1 });
  root = mkdtempSync(join(tmpdir(), 'inside-towers-'));
  await colourFolder(join(root, 'images'), colours, 6, 30);
  dataset = await folder(join(root, 'images'), { fractions: { train: 0.4, val: 0.3 } });
});

describe('a method that changes the towers', () => {
  it.each(ids)('%s learns, and gives the same answers when saved, loaded and exported', async id => {
    const clip = tinyClip(1, 3);
    const method = resolveMethod(id)(clip, dataset.classNames, { batch: 2, epochs: 1, lr: 0.002 });
    const before = values(method);
    for await (const _ of train(method, dataset.train, { augment: false })) {
    }
    expect(values(method)).not.toEqual(before);

    const paths = dataset.test.slice(0, 3).map(({ path }) => path);
    const answers = await method.predict(paths);
    await method.save(join(root, id));
    const again = await loadMethod(join(root, id), clip);
    expect(await again.predict(paths)).toEqual(answers);

    const { check } = await exportModel(method, { file: join(root, `${id}.onnx`), check: dataset.test });
    expect(check!.difference).toBeLessThan(1e-4);
    method.dispose();
    again.dispose();
  });
});
