import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';

/** Where a long command says how far it is. */
export interface Reporter {
  /** A line that stays. */
  line(text: string): void;
  /** How far everything is, 0 to 1, and what is going on. */
  progress(fraction: number, text: string): void;
  /** Takes the bar away. */
  stop(): void;
}

/** On a stream that is no terminal, a line of progress comes at most this often, in milliseconds. */
const quietInterval = 30_000;

/** A reporter on a stream: one bar under the lines on a terminal, plain lines elsewhere. */
export function reporter(stream: NodeJS.WriteStream = process.stderr): Reporter {
  return stream.isTTY ? terminalReporter(stream) : plainReporter(stream);
}

/** Says nothing. */
export const silent: Reporter = { line() {}, progress() {}, stop() {} };

function plainReporter(stream: NodeJS.WritableStream): Reporter {
  let last = performance.now();
  return {
    line(text) {
      stream.write(`${text}\n`);
      last = performance.now();
    },
    progress(fraction, text) {
      if (performance.now() - last < quietInterval) return;
      this.line(`${Math.round(100 * fraction)} % · ${text}`);
    },
    stop() {},
  };
}

function terminalReporter(stream: NodeJS.WriteStream): Reporter {
  let bars: MultiBar | undefined;
  let bar: SingleBar | undefined;
  const stop = () => {
    bars?.update(); // lines that wait for the next drawing would be lost
    bars?.stop();
    bars = undefined;
    bar = undefined;
  };
  return {
    line(text) {
      if (bars) bars.log(`${text}\n`);
      else stream.write(`${text}\n`);
    },
    progress(fraction, text) {
      bars ??= new MultiBar({
        stream,
        format: `  ${pc.cyan('{bar}')} {percentage} % · {text}`,
        barCompleteChar: '█',
        barIncompleteChar: '░',
        barsize: 24,
        hideCursor: true,
        clearOnComplete: true,
        gracefulExit: false,
        fps: 8,
      });
      bar ??= bars.create(1000, 0, { text });
      bar.update(Math.round(1000 * fraction), { text });
    },
    stop,
  };
}
