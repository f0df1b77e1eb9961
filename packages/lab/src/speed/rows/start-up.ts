import { loadClip } from '@dgprompt/clip';
import { readyStep } from './step.js';

/** Seconds spent up to the end of the first training step, by phase. */
export interface StartUpTiming {
  /** Loading Node and the packages. */
  load: number;
  /** `loadClip`, including checks and content hash. */
  clip: number;
  /** Text targets of the class set, if the method has any, and other preparation. */
  prepare: number;
  trace: number;
  session: number;
  /** The step itself. */
  step: number;
  /** Since the start of the process. */
  total: number;
}

/** Times a method's first training step from the start of the process. */
export async function startUp(options: { model: string; method: string; batch: number }): Promise<StartUpTiming> {
  const load = performance.now() / 1000;
  const clip = await loadClip(options.model);
  const loaded = performance.now() / 1000;
  const { run, training } = await readyStep(clip, options);
  const ready = performance.now() / 1000;
  await run();
  const total = performance.now() / 1000;
  const { trace, session } = training.graph!.seconds;
  return {
    load,
    clip: loaded - load,
    prepare: ready - loaded,
    trace,
    session,
    step: total - ready - trace - session,
    total,
  };
}
