import { printable } from '@dgprompt/io';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { escaped, type Html, html, raw } from '../html.js';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Attributes with coordinates. */
const geometry = ['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height'];

/** Width of most drawings in their own units; the page shows them a little larger or smaller. */
export const plotWidth = 420;

/**
 * A plot as SVG text. It inherits the page's font and text colour. Colours and symbols come from the data unchanged, so
 * that they may be variables of the page's style, and one drawing works in light and dark mode.
 *
 * @param label text for screen readers
 */
export function drawing(options: Plot.PlotOptions, label: string): Html {
  const asGiven = { color: { type: 'identity' }, symbol: { type: 'identity' } } as const;
  const svg = Plot.plot({ ...asGiven, className: 'plot', ...options, document });
  svg.querySelector('style')?.remove(); // the page's style has these rules once for all drawings
  for (const element of svg.querySelectorAll('*')) {
    element.removeAttribute('aria-label'); // a screen reader treats the image as a whole
    for (const name of geometry) {
      const value = element.getAttribute(name);
      if (value?.includes('.'))
        element.setAttribute(
          name,
          value.replace(/\d+\.\d{2,}/g, (n: string) => String(+Number(n).toFixed(1))),
        );
    }
  }
  const text = svg.outerHTML.replace(/[^\n\t]+/g, (part: string) => printable(part, Number.POSITIVE_INFINITY));
  return raw(text.replace('<svg', () => `<svg role="img" aria-label="${escaped(label)}"`));
}

/** A drawing with a caption below. @param about.plot kind of plot, as an attribute of the figure */
export function figure(
  options: Plot.PlotOptions,
  { plot, label, caption }: { plot: string; label: string; caption?: string },
): Html {
  return html`<figure data-plot="${plot}">${drawing(options, label)}${caption && html`<figcaption>${caption}</figcaption>`}</figure>\n`;
}

/** A left margin for names; long names are truncated. */
export function nameMargin(names: readonly string[], most = 22): { margin: number; short(name: string): string } {
  const short = (name: string) => (name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name);
  return { margin: 16 + 6.6 * Math.max(4, ...names.map(name => short(name).length)), short };
}
