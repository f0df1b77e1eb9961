import { basename, resolve } from 'node:path';
import type { ExplainedMethod } from '@dgprompt/bench/explain';
import type { Method } from '@dgprompt/methods';
import { type Explanation, explain } from '@dgprompt/methods/evaluation';
import { evaluationItems } from '../own-images/evaluation-items.js';
import type { Reporter } from '../terminal/reporter.js';
import type { Titled } from './explained-text.js';

/** Explains a classifier on a folder of images, excluding those it was trained on, as in `dgprompt evaluate`. */
export async function explainClassifier(
  folder: string,
  images: string,
  method: Method,
  { signal, report }: { signal: AbortSignal; report: Reporter },
): Promise<Titled> {
  const { items, what } = await evaluationItems(folder, images, method, undefined);
  const found = await explain(method, items, {
    signal,
    onProgress: ({ done, total }) => report.progress(done / total, `${done} of ${total} images`),
  });
  report.stop();
  return { title: `${basename(resolve(folder))} on ${what(found.images)}`, explained: ofOneTest(found) };
}

/** A table with one column. */
function ofOneTest({ method, top1, controls }: Explanation): ExplainedMethod {
  const column = 'top-1';
  return {
    method,
    columns: [column],
    main: column,
    tasks: [],
    runs: 1,
    right: { [column]: top1 },
    controls: controls.map(({ control, top1: value, difference, interval, unused }) => ({
      control,
      cells: { [column]: { value, difference, interval, ...(unused && { unused }) } },
    })),
  };
}
