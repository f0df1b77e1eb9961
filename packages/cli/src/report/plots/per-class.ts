import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { below, figure, nameMargin, plotWidth } from './drawing.js';
import type { Look } from './styles.js';

/** Top-1 of a class in percent, for the method drawn and the one it is compared with. */
export interface ClassScore {
  name: string;
  value: number;
  other?: number;
}

/** Most bars in a drawing. */
const shown = 48;

/** A bar per class and a tick for the other method, with numbers. With too many classes, those that differ most. */
export function perClassBars(
  classes: readonly ClassScore[],
  looks: Map<string, Look>,
  { title, method, other }: { title: string; method: string; other?: string },
): Html {
  const far = ({ value, other: from = 0 }: ClassScore) => Math.abs(value - from);
  const sorted = [...classes].sort((a, b) => b.value - a.value || (a.name < b.name ? -1 : 1));
  const most = new Set([...classes].sort((a, b) => far(b) - far(a)).slice(0, shown));
  const chosen = sorted.filter(one => most.has(one));
  const compared = chosen.filter(one => one.other !== undefined);
  const names = nameMargin(chosen.map(({ name }) => name));
  const number = { y: 'name', frameAnchor: 'right', textAnchor: 'end', fontSize: 12 } as const;
  const options: Plot.PlotOptions = {
    width: plotWidth,
    height: 52 + 19 * chosen.length,
    marginLeft: names.margin,
    marginRight: other === undefined ? 54 : 94,
    marginTop: 4,
    marginBottom: 44,
    x: { domain: [0, 100], ticks: 5, grid: true, ...below('top-1 accuracy, %') },
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
      Plot.tickX(compared, { x: 'other', y: 'name', stroke: 'currentColor', strokeWidth: 2.5 }),
      Plot.text(chosen, { ...number, text: one => one.value.toFixed(1), dx: 50, fontWeight: 600 }),
      Plot.text(compared, { ...number, text: one => one.other!.toFixed(1), dx: 91, fill: 'var(--muted)' }),
    ],
  };
  const left = classes.length - chosen.length;
  const [best, worst] = [chosen[0], chosen.at(-1)];
  const bar = html`<li><span class="bar" style="background: ${looks.get(method)!.colour}"></span> ${methodTitle(method)}, bold</li>`;
  return figure(options, {
    plot: 'classes',
    title: `Accuracy by class, ${title}`,
    about: left > 0 ? `The ${left} of ${classes.length} classes that differ least are left out.` : undefined,
    key: html`<ul class="legend">${bar}${other !== undefined && html`<li><span class="tick"></span> ${methodTitle(other)}, grey</li>`}</ul>`,
    label: `${title}: top-1 of ${methodTitle(method)} by class. Best: ${best?.name} ${best?.value.toFixed(1)}; worst: ${worst?.name} ${worst?.value.toFixed(1)}.`,
    numbers: [
      ['class', methodTitle(method), ...(other === undefined ? [] : [methodTitle(other)])],
      ...sorted.map(one => [
        one.name,
        one.value.toFixed(2),
        ...(other === undefined ? [] : [one.other?.toFixed(2) ?? '']),
      ]),
    ],
  });
}
