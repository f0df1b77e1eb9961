import type { OnProgress } from './render-task.js';

/** Where a bar is drawn; `process.stderr` is one. */
export interface BarStream {
  isTTY?: boolean;
  write(text: string): unknown;
}

/**
 * An `onProgress` for `loadTask` that draws a bar on a terminal. Elsewhere (a file, a pipe) it says once that it began, and
 * once that it ended.
 *
 * @param title what is being rendered
 */
export function progressBar(title: string, stream: BarStream = process.stderr): OnProgress {
  let shown = -1;
  return ({ done, total }) => {
    const percent = Math.floor((100 * done) / Math.max(1, total));
    if (percent === shown) return;
    if (stream.isTTY) {
      const filled = Math.round(percent / 5);
      stream.write(
        `\r${title} ${'█'.repeat(filled)}${'░'.repeat(20 - filled)} ${percent} %${done === total ? '\n' : ''}`,
      );
    } else if (shown < 0) {
      stream.write(`${title}: rendering ${total - done} images …\n`);
    } else if (done === total) {
      stream.write(`${title}: ${total} images ready.\n`);
    }
    shown = percent;
  };
}
