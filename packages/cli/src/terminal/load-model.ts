import { type Clip, loadClip } from '@dgprompt/clip';
import { bytes, ownerName } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import { reporter } from './reporter.js';

/**
 * Loads the CLIP of `--model`, or the mini-CLIP, displaying the progress of a download from the hub.
 *
 * @param config of `--model-config`: a path, or the config stored in a saved method
 * @param imageSize stored in a saved method; default: the checkpoint's
 */
export async function loadModel(model: string = miniClip, config?: string | object, imageSize?: number): Promise<Clip> {
  const report = reporter();
  try {
    return await loadClip(model, {
      config,
      imageSize,
      onWait: owner => report.progress(0, `${model} is being downloaded by ${ownerName(owner)}; waiting for it`),
      onProgress: ({ file, done, total }) =>
        report.progress(done / Math.max(1, total), `${file}, ${bytes(done)} of ${bytes(total)}`),
    });
  } finally {
    report.stop();
  }
}

/** The error for runs that used a different CLIP. @param runs whose CLIP it is, such as `This run's` */
export const otherClip = (runs: string, model: string, { id, source }: Clip): Error =>
  new Error(
    `${runs} CLIP has the hash ${model.slice(0, 12)}…, but ${source} has ${id.slice(0, 12)}…; name the right one with --model.`,
  );
