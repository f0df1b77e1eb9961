import { type FailedRun, harmonicMean, type OnBenchEvent, type Planned, type RunRecord } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { duration } from '@dgprompt/io';
import pc from 'picocolors';
import type { Reporter } from './reporter.js';
import { runProgress } from './run-progress.js';

/**
 * Shows the events of a bench: a line for each finished or failed run, and bars with the time left.
 * @param severalShots whether runs differ in their shots; failed runs are then named with them
 */
export function benchReport(reporter: Reporter, severalShots = false): OnBenchEvent {
  let runs: readonly Planned[] = [];
  let shown = runProgress([], reporter);
  return event => {
    switch (event.type) {
      case 'loading':
        reporter.progress(event.done / Math.max(1, event.total), `${event.phase} of ${event.task}`);
        break;
      case 'loaded':
        reporter.stop();
        break;
      case 'warning':
        reporter.line(`  ${pc.yellow('!')} ${event.text}`);
        break;
      case 'left out':
        reporter.line(`  ${pc.yellow('!')} skipped: ${event.reason}`);
        break;
      case 'planned': {
        runs = event.runs;
        shown = runProgress(event.waiting, reporter);
        const total = runs.length + event.failed;
        if (event.found > 0) reporter.line(`  ${event.found} of ${total} runs are already done and are skipped.`);
        break;
      }
      case 'progress':
        shown.progress(event.run, event);
        break;
      case 'finished':
        shown.ended(event.run, event.record.timings.total);
        reporter.line(finishedLine(event.run, event.record, runs));
        break;
      case 'failed': {
        if (event.planned) shown.ended(event.planned, undefined);
        const before = event.run.earlier ? 'failed before: ' : '';
        reporter.line(`  ${pc.red('✗')} ${runTitle(event.run, severalShots)}: ${before}${event.run.error.message}`);
        break;
      }
      case 'handed over':
        reporter.line(`  ${event.runs.length} run${event.runs.length === 1 ? '' : 's'}: ${event.to}`);
        break;
      case 'elsewhere':
        shown.elsewhere(event.runs.length, event.where);
    }
  };
}

function runTitle({ task, method, shots, seed }: FailedRun, several: boolean): string {
  return `${task}, ${methodTitle(method)}, ${several ? `${shots} shots, ` : ''}seed ${seed}`;
}

function finishedLine(run: Planned, { tests, timings }: RunRecord, all: readonly Planned[]): string {
  const width = Math.max(...all.map(({ task }) => task.length));
  const several = (of: (one: Planned) => unknown) => new Set(all.map(of)).size > 1;
  const numbers = Object.entries(tests).map(([name, test]) => [name, test?.top1] as const);
  if ('base' in tests && 'new' in tests)
    numbers.push(['H', tests.base && tests.new ? harmonicMean(tests.base.top1, tests.new.top1) : undefined]);
  const shown = numbers.map(([name, value]) => `${pc.dim(name)} ${(value?.toFixed(1) ?? '–').padStart(5)}`);
  return [
    `  ${pc.green('✓')} ${run.task.padEnd(width)}`,
    methodTitle(run.method).padEnd(9),
    ...(several(({ shots }) => shots) ? [pc.dim(`${run.shots} shots`.padEnd(8))] : []),
    ...(several(({ seed }) => seed) ? [pc.dim(`seed ${run.seed}`)] : []),
    ...shown.slice(0, 5),
    ...(shown.length > 5 ? [pc.dim(`and ${shown.length - 5} more`)] : []),
    pc.dim(duration(timings.total ?? 0)),
  ].join('  ');
}
