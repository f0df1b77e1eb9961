import { methods } from '../../state/load.js';
import { type Run, runs } from '../../state/runs.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import type { EpochFacts } from '../../worker/protocol.js';
import { LineChart, type Series } from '../charts/line-chart.js';
import { lookOf } from '../charts/series.js';
import styles from './train.module.css';

/** Loss and accuracy of every method per epoch. */
export function Curves() {
  const words = t().train;
  const drawn = runs.value.filter(({ epochs }) => epochs.length > 0 && epochs[0]!.epochs > 1);
  if (drawn.length === 0) return <p class={controls.hint}>{words.noCurves}</p>;
  const loss = drawn.map(run => seriesOf(run, ({ loss }) => loss));
  const validation = drawn.map(run => seriesOf(run, epoch => epoch.validation));
  return (
    <div class={styles.charts}>
      <LineChart
        title={words.loss}
        label={words.chartOf(words.loss, drawn.length)}
        xLabel={words.epochAxis}
        series={loss}
      />
      {validation.some(({ points }) => points.length > 0) && (
        <LineChart
          title={words.validation}
          label={words.chartOf(words.validation, drawn.length)}
          xLabel={words.epochAxis}
          series={validation}
          most={100}
        />
      )}
    </div>
  );
}

function seriesOf({ id, title, epochs }: Run, value: (epoch: EpochFacts) => number | undefined): Series {
  const all = methods.value.map(method => method.id);
  const points = epochs.flatMap(epoch => {
    const y = value(epoch);
    return y === undefined ? [] : [{ x: epoch.number / epoch.epochs, y }];
  });
  return { id, title, look: lookOf(id, all), points };
}
