import type { Clip } from '@dgprompt/clip';
import { openTensorFile } from '@dgprompt/clip/checkpoint';
import * as tf from '@tensorflow/tfjs-core';

/**
 * Reads a tuned text projection from a file, a PyTorch checkpoint or safetensors, with one tensor "weight" [e, d_t] of
 * a linear layer, as in the enhanced bases that TaskRes's authors published.
 *
 * @returns [d_t, e]
 * @throws one sentence naming the file if it holds no such tensor
 */
export async function textProjection(path: string, { config }: Clip): Promise<tf.Tensor2D> {
  const shape = [config.embedDim, config.text.width];
  const file = await openTensorFile(path);
  try {
    const name = [...file.tensors.keys()].find(one => /(^|\.)weight$/.test(one));
    const found = name === undefined ? undefined : file.tensors.get(name)!.shape;
    if (name === undefined || found!.join() !== shape.join())
      throw new Error(
        `${path} has ${found ? `a "weight" of [${found}]` : 'no tensor "weight"'}; an enhanced base is a text projection of [${shape}].`,
      );
    const values = file.read(name);
    return tf.tidy(() => tf.transpose(tf.tensor2d(values, shape as [number, number])));
  } finally {
    file.close();
  }
}
