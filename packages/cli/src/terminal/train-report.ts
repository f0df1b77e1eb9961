import { methodTitle } from '@dgprompt/bench/methods';
import type { Dataset } from '@dgprompt/datasets';
import { duration, timeLeft } from '@dgprompt/io';
import type { Epoch, Method, Step } from '@dgprompt/methods';
import type { ClassifierProgress } from '@dgprompt/methods/classifier';
import type { TriedMethod } from '@dgprompt/methods/method';
import { eta } from './eta.js';
import type { Reporter } from './reporter.js';

/** Assumed cost of a forward pass per image, as a share of a training step's, until it is measured. */
const forwardShare = 0.4;

/** Reports training: methods and epochs as lines, and a bar with the loss and the time left. */
export function narrator(report: Reporter, methods: readonly Method[], dataset: Dataset) {
  const { train, val, test } = dataset;
  const isComparison = methods.length > 1;
  let [method, number] = [methods[0]!, 0];
  let { epochs, batch } = method.recipe;
  let steps = Math.max(1, Math.floor(train.length / batch));
  let best: TriedMethod | undefined;
  const tested = (test.length > 0 ? test : val.length > 0 ? val : train).length;
  const estimate = eta();
  let last = performance.now();
  let isFirstStep = true; // of an epoch: it builds the graph, or follows a validation
  let stepCount = 0;
  let stepSeconds = 0;
  let isValidated = false;
  const timeAfter = (epoch: number, step: number) => {
    // the untrained CLIP is tested too, and is faster
    const images = (epochs - epoch + 1) * val.length + 1.5 * tested;
    const forward = isValidated
      ? { kind: 'image', units: images }
      : { kind: 'step', units: (images / batch) * forwardShare };
    return estimate.left([], [{ kind: 'step', units: (epochs - epoch) * steps + (steps - step) }, forward]);
  };
  const onStep = ({ epoch, step, loss }: Step) => {
    const now = performance.now();
    if (!isFirstStep) {
      estimate.finished({ kind: 'step', units: 1 }, (now - last) / 1000);
      stepSeconds += (now - last) / 1000;
      stepCount++;
    }
    last = now;
    isFirstStep = false;
    const left = timeAfter(epoch, step);
    if (stepCount === 3 && left && epoch === 1) {
      const total = timeLeft(left).replace(' left', '');
      report.line(`  ${epochs} epochs of ${steps} steps at ${duration(stepSeconds / stepCount)}: ${total} in total`);
    }
    const suffix = left ? ` · ${timeLeft(left)}` : '';
    const fraction = (epoch - 1 + step / steps) / epochs;
    report.progress(fraction, `epoch ${epoch}/${epochs} · loss ${loss.toFixed(3)}${suffix}`);
  };
  const begun = performance.now();
  return {
    onMethod(next: Method) {
      [method, number] = [next, number + 1];
      ({ epochs, batch } = method.recipe);
      steps = Math.max(1, Math.floor(train.length / batch));
      const title = methodTitle(method.name);
      report.progress((number - 1) / methods.length, `${title}, method ${number} of ${methods.length}`);
      if (epochs === 0 || val.length === 0) return;
      report.line(`  ${title}: ${epochs} epochs; Ctrl-C saves the best method so far`);
      if (best?.top1 === 100)
        report.line(
          `  ${methodTitle(best.name)} is right on all validation images, and ${title} cannot do better: Ctrl-C saves it now`,
        );
    },
    onTried(tried: TriedMethod) {
      if (tried.top1 !== undefined && !(best && tried.top1 <= best.top1!)) best = tried;
      report.line(`  ${triedLine(tried, dataset)}`);
    },
    onProgress(progress: ClassifierProgress) {
      const { phase, done, total } = progress;
      if (phase === 'features') {
        const left = (performance.now() - begun) * (total / done - 1);
        const suffix =
          number === 0 && done > 0 && done < total ? ` · ${timeLeft({ seconds: left / 1000, atLeast: false })}` : '';
        report.progress(done / total / methods.length, `image features ${done}/${total}${suffix}`);
        if (isComparison && number === 0 && done === total)
          report.line(`  features of ${total} images · ${duration((performance.now() - begun) / 1000)}`);
      }
      if (progress.phase === 'steps') onStep(progress);
      if (phase === 'images') report.progress(done / total, 'testing, also the CLIP without training');
    },
    onResume(done: readonly Epoch[]) {
      report.line(`  resuming after epoch ${done.length} of ${epochs}`);
      for (const epoch of done) report.line(epochLine(epoch));
    },
    onEpoch(epoch: Epoch) {
      const now = performance.now();
      if (val.length > 0) {
        estimate.finished({ kind: 'image', units: val.length }, (now - last) / 1000);
        isValidated = true;
      }
      last = now;
      isFirstStep = true;
      if (!isComparison || epochs > 0) report.line(epochLine(epoch));
    },
  };
}

/** A method, its accuracy and its time. */
function triedLine({ name, top1, seconds, reason }: TriedMethod, { val }: Dataset): string {
  const where = val.length > 0 ? 'validation' : 'cross-validation';
  const reached = top1 === undefined ? '' : ` · ${where} ${top1.toFixed(1)} %`;
  return `${methodTitle(name)}${reached} · ${reason ?? duration(seconds)}`;
}

function epochLine({ number, epochs, loss, validation, seconds }: Epoch): string {
  const tested = validation === undefined ? '' : ` · validation ${validation.toFixed(1)} %`;
  return `  epoch ${number}/${epochs} · loss ${loss.toFixed(3)}${tested} · ${duration(seconds)}`;
}
