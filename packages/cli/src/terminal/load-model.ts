import { type Clip, loadClip } from '@dgprompt/clip';
import { bytes, ownerName } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import { reporter } from './reporter.js';

/**
 * Loads the CLIP of `--model`, or the mini-CLIP; a download from the hub shows its progress.
 *
 * @param config of `--model-config`: a path, or what a saved method has of it
 */
export async function loadModel(model: string = miniClip, config?: string | object): Promise<Clip> {
  const report = reporter();
  try {
    return await loadClip(model, {
      config,
      onWait: owner => report.progress(0, `${model} is being downloaded by ${ownerName(owner)}; waiting for it`),
      onProgress: ({ file, done, total }) =>
        report.progress(done / Math.max(1, total), `${file}, ${bytes(done)} of ${bytes(total)}`),
    });
  } finally {
    report.stop();
  }
}

/** Why runs of another CLIP cannot be used with this one. @param runs whose CLIP it is, such as `This run's` */
export const otherClip = (runs: string, model: string, { id, source }: Clip): Error =>
  new Error(
    `${runs} CLIP has the hash ${model.slice(0, 12)}…, but ${source} has ${id.slice(0, 12)}…; name the right one with --model.`,
  );
