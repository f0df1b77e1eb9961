import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import { type Html, html, raw } from '../html.js';
import { drawing } from './drawing.js';

/** How a method is drawn, the same in the whole report; never distinguished by colour alone. */
export interface Look {
  /** A variable of the page's style. */
  colour: string;
  symbol: (typeof symbols)[number];
  /** In a section with many methods, one that is not among the best: small and grey. */
  quiet?: true;
}

const symbols = ['circle', 'square', 'diamond', 'triangle', 'star', 'cross', 'wye'] as const;

/** Number of style colours after the first two. */
const others = 6;

/** Most methods that a figure names. */
export const named = 8;

/**
 * Styles by method: zero-shot CLIP is grey, DGPrompt has the accent colour, the others get the rest in order.
 * @param first methods that are served first, so that their colours differ
 */
export function looksOf(methods: readonly string[], first: readonly string[] = []): Map<string, Look> {
  let next = 0;
  return new Map(
    [...first, ...methods.filter(method => !first.includes(method))].map((method): [string, Look] => {
      if (method === 'clip') return [method, { colour: 'var(--m0)', symbol: 'circle' }];
      if (method === 'dgprompt') return [method, { colour: 'var(--m1)', symbol: 'star' }];
      const turn = next++;
      return [method, { colour: `var(--m${2 + (turn % others)})`, symbol: spare[turn % spare.length]! }];
    }),
  );
}

const spare = symbols.filter(symbol => symbol !== 'circle' && symbol !== 'star');

/** The styles in a section with many methods: all but the given ones are quiet. */
export function quieted(looks: Map<string, Look>, kept: readonly string[]): Map<string, Look> {
  return new Map([...looks].map(([method, look]) => [method, kept.includes(method) ? look : quietLook]));
}

const quietLook: Look = { colour: 'var(--quiet)', symbol: 'circle', quiet: true };

/** Sorts the points of quiet methods first, so that the others are drawn over them. */
export const quietFirst = <T extends { method: string }>(points: readonly T[], looks: Map<string, Look>): T[] =>
  [...points].sort(
    (a, b) => Number(looks.get(a.method)!.quiet === undefined) - Number(looks.get(b.method)!.quiet === undefined),
  );

/** The legend of methods and their styles. */
export function legend(methods: readonly string[], looks: Map<string, Look>): Html {
  const loud = methods.filter(method => !looks.get(method)!.quiet);
  const rest = methods.length - loud.length;
  return html`<ul class="legend">${loud.map(method => html`<li>${methodName(method, looks)}</li>`)}${rest > 0 && html`<li>${swatch(quietLook)} ${rest} more</li>`}</ul>\n`;
}

/** A method's symbol and name; a long name may break between its parts. */
export function methodName(method: string, looks: Map<string, Look>): Html {
  const parts = methodTitle(method).split(/(?<=[+:])/);
  return html`<span class="method">${swatch(looks.get(method)!)}<span>${parts.map((part, i) => html`${i > 0 && raw('<wbr>')}${part}`)}</span></span>`;
}

/** A method's symbol, to go next to its name. */
export function swatch({ colour, symbol }: Look): Html {
  const dot = Plot.dot([[7, 7]], { symbol, fill: colour, r: 4 });
  const options = {
    width: 14,
    height: 14,
    margin: 0,
    axis: null,
    x: { domain: [0, 14] },
    y: { domain: [0, 14] },
    marks: [dot],
  };
  return html`<span class="swatch" aria-hidden="true">${drawing(options, '')}</span>`;
}
