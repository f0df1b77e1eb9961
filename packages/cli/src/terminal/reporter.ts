import { stripVTControlCharacters } from 'node:util';
import { printable } from '@dgprompt/io';
import { MultiBar, type SingleBar } from 'cli-progress';
import pc from 'picocolors';
import { safeLine } from './safe-output.js';

/** Displays the progress of a long command. */
export interface Reporter {
  /** Prints a permanent line. */
  line(text: string): void;
  /** Overall progress, 0 to 1, with a text. */
  progress(fraction: number, text: string): void;
  /** The progress of one of several parallel items; undefined when it has ended. */
  active(key: string, progress: { fraction: number; text: string } | undefined): void;
  /** Removes the bars. */
  stop(): void;
}

/** Minimum time between progress lines, in milliseconds, if the stream is not a terminal. */
const quietInterval = 30_000;

/** A reporter on a stream: bars below the lines on a terminal, else plain lines. */
export function reporter(stream: NodeJS.WriteStream = process.stderr): Reporter {
  return stream.isTTY ? terminalReporter(stream) : plainReporter(stream);
}

function plainReporter(stream: NodeJS.WritableStream): Reporter {
  let last = performance.now();
  const going = new Map<string, string>();
  return {
    line(text) {
      stream.write(`${safeLine(text)}\n`);
      last = performance.now();
    },
    progress(fraction, text) {
      if (performance.now() - last < quietInterval) return;
      this.line([`${Math.round(100 * fraction)} % · ${printable(text)}`, ...going.values()].join(' · '));
    },
    active(key, progress) {
      if (progress) going.set(key, printable(progress.text));
      else going.delete(key);
    },
    stop: () => going.clear(),
  };
}

function terminalReporter(stream: NodeJS.WriteStream): Reporter {
  let bars: MultiBar | undefined;
  let total: SingleBar | undefined;
  const going = new Map<string, SingleBar>();
  const all = () => {
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
    return bars;
  };
  return {
    line(text) {
      if (bars) bars.log(`${safeLine(text)}\n`);
      else stream.write(`${safeLine(text)}\n`);
    },
    progress(fraction, words) {
      const text = printable(words);
      total ??= all().create(1000, 0, { text });
      total.update(Math.round(1000 * fraction), { text });
    },
    active(key, progress) {
      const bar = going.get(key);
      if (!progress) {
        if (bar) bars?.remove(bar);
        going.delete(key);
        return;
      }
      const { fraction } = progress;
      const text = printable(progress.text);
      if (!bar) going.set(key, all().create(1000, 0, { text }));
      going.get(key)!.update(Math.round(1000 * fraction), { text });
    },
    stop() {
      bars?.update(); // draws pending lines, which would otherwise be lost
      bars?.stop();
      bars = undefined;
      total = undefined;
      going.clear();
    },
  };
}

/**
 * For programs: one JSON object per line, `{"event": "line" | "progress" | "run", …}`; progress at most once a second.
 */
export function jsonReporter(stream: NodeJS.WritableStream = process.stderr): Reporter {
  const last = new Map<string, number>();
  const say = (event: Record<string, unknown>) => stream.write(`${JSON.stringify(event)}\n`);
  const often = (key: string) => {
    const now = performance.now();
    if (now - (last.get(key) ?? Number.NEGATIVE_INFINITY) < 1000) return true;
    last.set(key, now);
    return false;
  };
  return {
    line: text => say({ event: 'line', text: stripVTControlCharacters(text).trim() }),
    progress: (fraction, text) => often('') || say({ event: 'progress', fraction, text }),
    active: (key, progress) => progress === undefined || often(key) || say({ event: 'run', ...progress }),
    stop() {},
  };
}
