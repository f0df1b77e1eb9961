import { methods } from '../../state/load.js';
import { forget, type Run, runs, training } from '../../state/runs.js';
import { t } from '../../strings/index.js';
import type { MethodResult } from '../../worker/protocol.js';
import { Swatch } from '../charts/mark.js';
import { lookOf } from '../charts/series.js';
import { IconButton } from '../parts/button.js';
import { Cross } from '../parts/icons.js';
import styles from './train.module.css';

/** Accuracy of every method: on its training classes, on new ones, and the harmonic mean of both. */
export function ResultsTable() {
  const words = t().train;
  const results = runs.value.flatMap(({ result }) => result ?? []);
  const hasNew = results.some(result => result.new !== undefined);
  const columns: [title: string, hint: string, value: (result: MethodResult) => number | undefined][] = hasNew
    ? [
        [words.base, words.baseHint, ({ base }) => base?.top1],
        [words.new, words.newHint, result => result.new?.top1],
        [words.harmonic, words.harmonicHint, harmonicMean],
      ]
    : [[words.accuracy, words.baseHint, ({ base }) => base?.top1]];
  const tested = results.find(({ base }) => base)?.base?.total;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <section class={styles.scroll} tabIndex={0} aria-label={words.table}>
      <table class={styles.table} data-testid="results">
        <caption class={styles.caption}>
          {words.table} {tested !== undefined && <small>{words.onTest(tested)}</small>}
        </caption>
        <thead>
          <tr>
            <th scope="col">{words.method}</th>
            {columns.map(([title, hint]) => (
              <th key={title} scope="col" title={hint}>
                {title}
              </th>
            ))}
            <th scope="col" class={styles.time}>
              {words.seconds}
            </th>
            <td />
          </tr>
        </thead>
        <tbody>
          {runs.value.map(run => (
            <Row
              key={run.id}
              run={run}
              values={columns.map(([, , value]) => ({
                value: run.result && value(run.result),
                best: run.result !== undefined && isBest(value(run.result), results.map(value)),
              }))}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Row({ run, values }: { run: Run; values: { value: number | undefined; best: boolean }[] }) {
  const words = t().train;
  const { id, title, state, result, error, epochs } = run;
  const all = methods.value.map(method => method.id);
  return (
    <tr data-method={id} data-state={state}>
      <th scope="row">
        <span class={styles.name}>
          <Swatch look={lookOf(id, all)} /> {title}
        </span>
      </th>
      {result ? (
        <>
          {values.map(({ value, best }, i) => (
            <td key={i} class={best ? styles.best : undefined}>
              {value === undefined ? '–' : value.toFixed(1)}
            </td>
          ))}
          <td class={styles.time}>{timeOf(result.seconds)}</td>
        </>
      ) : (
        <td class={styles.state} colSpan={values.length + 1}>
          {error ?? (state === 'stopped' && epochs.length > 0 ? words.stoppedAt(epochs.length) : words.states[state])}
        </td>
      )}
      <td>
        {!training.value && (
          <IconButton label={words.forget(title)} onClick={() => void forget(id)}>
            <Cross />
          </IconButton>
        )}
      </td>
    </tr>
  );
}

function timeOf(exact: number): string {
  const seconds = Math.round(exact);
  return t().train.minutes(Math.floor(seconds / 60), seconds % 60);
}

const harmonicMean = ({ base, new: rest }: MethodResult): number | undefined =>
  base && rest && base.top1 + rest.top1 > 0 ? (2 * base.top1 * rest.top1) / (base.top1 + rest.top1) : undefined;

const isBest = (value: number | undefined, all: (number | undefined)[]): boolean =>
  value !== undefined && all.length > 1 && all.every(other => other === undefined || other <= value);
