import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import type { Html } from '../html.js';
import { figure, nameMargin, plotWidth } from './drawing.js';
import type { Look } from './styles.js';

/** Top-1 of a class in percent, of the method shown and of the one it is compared with. */
export interface ClassScore {
  name: string;
  value: number;
  other?: number;
}

/** Most bars of a drawing. */
const shown = 48;

/** A bar per class and a tick for the other method. With too many classes, only those that differ most. */
export function perClassBars(
  classes: readonly ClassScore[],
  looks: Map<string, Look>,
  { title, method, other }: { title: string; method: string; other?: string },
): Html {
  const far = ({ value, other: from = 0 }: ClassScore) => Math.abs(value - from);
  const chosen = classes.length > shown ? [...classes].sort((a, b) => far(b) - far(a)).slice(0, shown) : [...classes];
  chosen.sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const names = nameMargin(chosen.map(({ name }) => name));
  const subject = `${methodTitle(method)} by class${other === undefined ? '' : `, ticks: ${methodTitle(other)}`}`;
  const options: Plot.PlotOptions = {
    width: plotWidth,
    height: 44 + 17 * chosen.length,
    marginLeft: names.margin,
    marginRight: 14,
    marginTop: 4,
    marginBottom: 36,
    x: { domain: [0, 100], label: 'top-1 % →', ticks: 5, grid: true },
    y: { domain: chosen.map(({ name }) => name), label: null, tickSize: 0, tickFormat: names.short, padding: 0.3 },
    marks: [
      Plot.barX(chosen, {
        x: 'value',
        y: 'name',
        fill: looks.get(method)!.colour,
        fillOpacity: 0.75,
        title: one =>
          `${one.name}: ${one.value.toFixed(1)}${one.other === undefined ? '' : `, ${methodTitle(other!)} ${one.other.toFixed(1)}`}`,
      }),
      Plot.tickX(
        chosen.filter(one => one.other !== undefined),
        { x: 'other', y: 'name', stroke: 'currentColor', strokeWidth: 2.5 },
      ),
    ],
  };
  const left = classes.length - chosen.length;
  const best = chosen[0];
  const worst = chosen.at(-1);
  return figure(options, {
    plot: 'classes',
    label: `${title}: top-1 of ${subject}. Best: ${best?.name} ${best?.value.toFixed(1)}; worst: ${worst?.name} ${worst?.value.toFixed(1)}.`,
    caption: `${title}: ${subject}.${left > 0 ? ` The ${left} of ${classes.length} classes that differ least are left out.` : ''}`,
  });
}
