import { loadClip } from '@dgprompt/clip';
import { readyStep } from './step.js';

/** Seconds of what happens before the first training step is done. */
export interface StartUpTiming {
  /** Node and the packages. */
  load: number;
  /** `loadClip`: checks and content hash included. */
  clip: number;
  /** Text targets of the class set, where the method has any, and what else precedes the step. */
  prepare: number;
  trace: number;
  session: number;
  /** The step itself. */
  step: number;
  /** From the start of the process. */
  total: number;
}

/** From the start of the process to the end of a method's first training step. */
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
