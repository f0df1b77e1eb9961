import { printable } from '@dgprompt/io';
import * as Plot from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { copyButton, type Numbers } from '../copy.js';
import { escaped, type Html, html, raw } from '../html.js';

const { document } = parseHTML('<!doctype html><html><body></body></html>');

/** Attributes with coordinates. */
const geometry = ['d', 'transform', 'x', 'y', 'x1', 'x2', 'y1', 'y2', 'cx', 'cy', 'r', 'width', 'height'];

/** Widths of drawings in their own units, in two and three columns; the page scales them. */
export const plotWidth = 460;
export const smallWidth = 310;

/**
 * Renders a plot as SVG text. It inherits the page's font and text colour. Colours and symbols are passed through
 * unchanged, so that they can be variables of the page's style and one drawing works in light and dark mode.
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

/** The text around a drawing. */
export interface FigureText {
  /** Kind of plot, as an attribute of the figure. */
  plot: string;
  title: string | Html;
  /** How to read it, in a sentence or two. */
  about?: string;
  /** The meaning of colours and symbols. */
  key?: Html;
  /** For screen readers: the important numbers in a sentence. */
  label: string;
  /** All numbers in the drawing. */
  numbers: Numbers;
}

/** A drawing below its title, key and explanation. */
export function figure(options: Plot.PlotOptions, text: FigureText): Html {
  const { plot, title, about, key, label, numbers } = text;
  const name = typeof title === 'string' ? title : label.split(/[:.] /)[0]!;
  return html`<figure data-plot="${plot}"><figcaption><span class="title"><b>${title}</b>${copyButton(name, numbers)}</span>${about && html`<span class="about">${about}</span>`}</figcaption>
${key}${drawing(options, label)}</figure>\n`;
}

/** An axis with its name centred below the numbers. */
export const below = (label: string) => ({ label, labelAnchor: 'center', labelArrow: 'none' }) as const;

/** An axis with its name above the numbers, at the left edge. */
export const above = (label: string) => ({ label: `↑ ${label}`, labelAnchor: 'top', labelArrow: 'none' }) as const;

/** Space for the axes of `below` and `above`. */
export const margins = { marginLeft: 44, marginTop: 34, marginRight: 14, marginBottom: 44 };

/** A left margin for names, truncating long ones. */
export function nameMargin(names: readonly string[], most = 22): { margin: number; short(name: string): string } {
  const short = shortTo(most);
  return { margin: 14 + 7.7 * Math.max(4, ...names.map(name => short(name).length)), short };
}

/** Truncates names longer than this many characters. */
export const shortTo = (most: number) => (name: string) =>
  name.length > most ? `${name.slice(0, most - 1).trimEnd()}…` : name;
