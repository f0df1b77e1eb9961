import { errorCode } from '@dgprompt/io';

/** Loads the installed TensorFlow backend of tfjs. @throws one sentence if there is none or it does not load */
export async function loadTensorFlow(): Promise<void> {
  const major = Number(process.versions.node.split('.')[0]);
  if (major > 22) {
    throw new Error(
      `The backend 'tensorflow' (tfjs-node 4.22) crashes on Node ${major}: use Node 20 or 22, or 'onnxruntime'.`,
    );
  }
  for (const name of ['@tensorflow/tfjs-node-gpu', '@tensorflow/tfjs-node']) {
    try {
      await import(name);
      return;
    } catch (error) {
      if (errorCode(error)?.endsWith('MODULE_NOT_FOUND')) continue;
      throw new Error(`${name} is installed but does not load: ${(error as Error).message.split('\n')[0]}`);
    }
  }
  throw new Error(
    "The backend 'tensorflow' needs @tensorflow/tfjs-node-gpu or @tensorflow/tfjs-node: install one with npm.",
  );
}
