import { type FailedRun, harmonicMean, type OnBenchEvent, type Planned, type RunRecord } from '@dgprompt/bench';
import { methodTitle } from '@dgprompt/bench/methods';
import { duration, printable } from '@dgprompt/io';
import pc from 'picocolors';
import type { Reporter } from './reporter.js';
import { runProgress } from './run-progress.js';

/**
 * Displays the events of a bench: a line for each finished or failed run, and bars with the time left.
 * @param severalShots whether the runs differ in shots; failed runs are then named with them
 */
export function benchReport(reporter: Reporter, severalShots = false): OnBenchEvent {
  let runs: readonly Planned[] = [];
  let shown = runProgress([], reporter);
  const sameCause = failuresTogether(reporter, severalShots);
  return event => {
    switch (event.type) {
      case 'loading':
        reporter.progress(event.done / Math.max(1, event.total), `${event.phase} of ${event.task}`);
        break;
      case 'loaded':
        reporter.stop();
        break;
      case 'warning':
        reporter.line(`  ${pc.yellow('!')} ${said(event.text)}`);
        break;
      case 'left out':
        reporter.line(`  ${pc.yellow('!')} skipped: ${said(event.reason)}`);
        break;
      case 'planned': {
        sameCause.end();
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
        shown.ended(event.run, secondsNow(event.record));
        reporter.line(finishedLine(event.run, event.record, runs));
        break;
      case 'failed': {
        if (event.planned === undefined) {
          sameCause.add(event.run);
          break;
        }
        shown.ended(event.planned, undefined);
        reporter.line(failedLine(runTitle(event.run, severalShots), event.run));
        break;
      }
      case 'handed over':
        reporter.line(`  ${event.runs.length} run${event.runs.length === 1 ? '' : 's'}: ${said(event.to)}`);
        break;
      case 'elsewhere':
        shown.elsewhere(event.runs.length, event.where);
    }
  };
}

/** One line per cause of runs that could not be prepared: a missing dataset is reported once, not once per run. */
function failuresTogether(reporter: Reporter, severalShots: boolean) {
  let same: FailedRun[] = [];
  const end = () => {
    const [first] = same;
    if (first) {
      const title = same.length === 1 ? runTitle(first, severalShots) : `${said(first.task)}, all ${same.length} runs`;
      reporter.line(failedLine(title, first));
    }
    same = [];
  };
  return {
    end,
    add(run: FailedRun) {
      if (same[0] && (same[0].error !== run.error || same[0].task !== run.task)) end();
      same.push(run);
    },
  };
}

const failedLine = (title: string, { earlier, error }: FailedRun): string =>
  `  ${pc.red('✗')} ${title}: ${earlier ? 'failed before: ' : ''}${said(error.message)}`;

const said = (text: string): string => printable(text, 4000);

function runTitle({ task, method, shots, seed }: FailedRun, several: boolean): string {
  return `${said(task)}, ${methodTitle(method)}, ${several ? `${shots} shots, ` : ''}seed ${seed}`;
}

/** The seconds of a run that this bench took, without epochs from a checkpoint. */
const secondsNow = ({ timings: { total = 0, resumed = 0 } }: RunRecord): number => total - resumed;

function finishedLine(run: Planned, { tests, timings }: RunRecord, all: readonly Planned[]): string {
  const width = Math.max(...all.map(({ task }) => said(task).length));
  const several = (of: (one: Planned) => unknown) => new Set(all.map(of)).size > 1;
  const numbers = Object.entries(tests).map(([name, test]) => [name, test?.top1] as const);
  if ('base' in tests && 'new' in tests)
    numbers.push(['H', tests.base && tests.new ? harmonicMean(tests.base.top1, tests.new.top1) : undefined]);
  const shown = numbers.map(([name, value]) => `${pc.dim(said(name))} ${(value?.toFixed(1) ?? '–').padStart(5)}`);
  return [
    `  ${pc.green('✓')} ${said(run.task).padEnd(width)}`,
    methodTitle(run.method).padEnd(9),
    ...(several(({ shots }) => shots) ? [pc.dim(`${run.shots} shots`.padEnd(8))] : []),
    ...(several(({ seed }) => seed) ? [pc.dim(`seed ${run.seed}`)] : []),
    ...shown.slice(0, 5),
    ...(shown.length > 5 ? [pc.dim(`and ${shown.length - 5} more`)] : []),
    pc.dim(duration(timings.total ?? 0)),
  ].join('  ');
}
