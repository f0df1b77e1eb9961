import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { figure } from './drawing.js';
import { type Spread, spreadText } from './spread.js';
import type { Look } from './styles.js';

/** The state of a method's training after an epoch, over seeds. */
export interface EpochState {
  method: string;
  epoch: number;
  loss: Spread;
  learningRate: number;
  validation?: Spread;
}

/** Loss, learning rate and, if measured, accuracy on validation images by epoch. */
export function trainingCurves(states: readonly EpochState[], looks: Map<string, Look>, title: string): Html {
  const validated = states.filter(({ validation }) => validation !== undefined);
  return html`<div class="figures small">
${curves(states, looks, { title, measure: 'loss', of: one => one.loss })}
${curves(states, looks, { title, measure: 'learning rate', of: one => ({ mean: one.learningRate }) })}
${validated.length > 0 && curves(validated, looks, { title, measure: 'validation, top-1 %', of: one => one.validation! })}
</div>`;
}

interface Measure {
  title: string;
  measure: string;
  of(state: EpochState): Spread;
}

function curves(states: readonly EpochState[], looks: Map<string, Look>, { title, measure, of }: Measure): Html {
  const look = ({ method }: EpochState) => looks.get(method)!;
  const line = { x: 'epoch', z: 'method' } as const;
  const rates = measure === 'learning rate';
  const ends = states.filter((one, i) => states[i + 1]?.method !== one.method);
  const options: Plot.PlotOptions = {
    width: 290,
    height: 200,
    marginLeft: rates ? 52 : 40,
    marginBottom: 40,
    marginTop: 24,
    marginRight: 12,
    x: { label: 'epoch →', ...epochScale(states) },
    y: {
      label: `↑ ${measure}`,
      ticks: 5,
      grid: true,
      nice: true,
      ...(rates && { tickFormat: (x: number) => String(+x.toPrecision(3)) }),
    },
    marks: [
      Plot.areaY(
        states.filter(one => of(one).deviation !== undefined),
        {
          ...line,
          y1: one => of(one).mean - of(one).deviation!,
          y2: one => of(one).mean + of(one).deviation!,
          fill: one => look(one).colour,
          fillOpacity: 0.15,
        },
      ),
      Plot.line(states, { ...line, y: one => of(one).mean, stroke: one => look(one).colour, strokeWidth: 1.75 }),
      Plot.dot(ends, {
        x: 'epoch',
        y: one => of(one).mean,
        r: 3,
        fill: one => look(one).colour,
        symbol: (one: EpochState) => look(one).symbol,
        title: one =>
          `${methodTitle(one.method)}, epoch ${one.epoch}: ${rates ? of(one).mean.toPrecision(3) : spreadText(of(one))}`,
      }),
    ],
  };
  const texts = ends.map(one => `${methodTitle(one.method)} ${of(one).mean.toPrecision(3)} after epoch ${one.epoch}`);
  return figure(options, { plot: 'training', label: `${title}: ${measure} by epoch. ${texts.join('; ')}.` });
}

/** A scale of epochs: logarithmic if some methods take many more than others, so that no curve is squeezed. */
function epochScale(states: readonly EpochState[]): Plot.ScaleOptions {
  const lengths = [...new Set(states.map(({ method }) => method))].map(method =>
    Math.max(...states.filter(one => one.method === method).map(({ epoch }) => epoch)),
  );
  const last = Math.max(...lengths);
  const steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
  if (last > 6 * Math.min(...lengths))
    return { type: 'log', domain: [1, last], ticks: steps.filter(step => step <= last), tickFormat: String };
  const step = steps.find(size => last / size <= 6) ?? last;
  const ticks = [1, ...Array.from({ length: Math.floor(last / step) }, (_, i) => (i + 1) * step)];
  return { domain: [1, Math.max(2, last)], ticks: [...new Set(ticks)], tickFormat: String };
}
