import { type Clip, loadClip } from '@dgprompt/clip';
import { bytes, ownerName } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import { reporter } from './reporter.js';

/** Loads the CLIP of `--model`, or the mini-CLIP; a download from the hub shows its progress. */
export async function loadModel(model: string = miniClip): Promise<Clip> {
  const report = reporter();
  try {
    return await loadClip(model, {
      onWait: owner => report.progress(0, `${model} is being downloaded by ${ownerName(owner)}; waiting for it`),
      onProgress: ({ file, done, total }) =>
        report.progress(done / Math.max(1, total), `${file}, ${bytes(done)} of ${bytes(total)}`),
    });
  } finally {
    report.stop();
  }
}
