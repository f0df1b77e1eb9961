import type { TimeLeft } from '@dgprompt/io';

/** A training run's work: steps, and images seen only forward (validation after each epoch, the test at the end). */
export interface TrainingWork {
  epochs: number;
  steps: number;
  batch: number;
  validation: number;
  judged: number;
}

/** A forward pass alone takes about this share of a training step's time, image by image, until it is measured. */
const forwardShare = 0.4;

/** Guesses what is left of a training run from the steps that it has made. */
export function trainingPace({ epochs, steps, batch, validation, judged }: TrainingWork) {
  let stepping = { count: 0, seconds: 0 };
  let perImage: number | undefined;
  const secondsPerStep = () => stepping.seconds / stepping.count;
  return {
    /** Seconds of one step; the first one of a process builds the graph and is not counted by the caller. */
    step(seconds: number) {
      stepping = { count: stepping.count + 1, seconds: stepping.seconds + seconds };
    },
    /** Seconds that all validation images took. */
    validated(seconds: number) {
      if (validation > 0) perImage = seconds / validation;
    },
    get secondsPerStep() {
      return secondsPerStep();
    },
    /** @returns undefined until a step has been measured */
    remaining(epoch: number, step: number): TimeLeft | undefined {
      if (stepping.count === 0) return undefined;
      const forward = perImage ?? (secondsPerStep() / batch) * forwardShare;
      const left = (epochs - epoch) * steps + (steps - step);
      const images = (epochs - epoch + 1) * validation + 1.5 * judged; // the untrained CLIP is judged, too, and is faster
      return { seconds: left * secondsPerStep() + images * forward, atLeast: false };
    },
  };
}
