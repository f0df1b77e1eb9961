import { type Clip, loadClip } from '@dgprompt/clip';
import { bytes } from '@dgprompt/io';
import { miniClip } from '@dgprompt/pictograms';
import { reporter } from './reporter.js';

/** The CLIP that `--model` names, or the mini-CLIP; one from the hub is downloaded with a bar. */
export async function loadModel(model: string = miniClip): Promise<Clip> {
  const report = reporter();
  try {
    return await loadClip(model, {
      onProgress: ({ file, done, total }) =>
        report.progress(done / Math.max(1, total), `${file}, ${bytes(done)} of ${bytes(total)}`),
    });
  } finally {
    report.stop();
  }
}
