import { methodTitle } from '@dgprompt/bench/methods';
import * as Plot from '@observablehq/plot';
import { type Html, html } from '../html.js';
import { drawing } from './drawing.js';

/** How a method is drawn, the same in the whole report: never by colour alone. */
export interface Look {
  /** A variable of the page's style. */
  colour: string;
  symbol: (typeof symbols)[number];
}

const symbols = ['circle', 'square', 'diamond', 'triangle', 'star', 'cross', 'wye'] as const;

/** Colours of the style other than the first two. */
const others = 6;

/** Looks by method: zero-shot CLIP is grey, DGPrompt has the accent, the others take what is left in their order. */
export function looksOf(methods: readonly string[]): Map<string, Look> {
  let next = 0;
  return new Map(
    methods.map((method): [string, Look] => {
      if (method === 'clip') return [method, { colour: 'var(--m0)', symbol: 'circle' }];
      if (method === 'dgprompt') return [method, { colour: 'var(--m1)', symbol: 'star' }];
      const turn = next++;
      return [method, { colour: `var(--m${2 + (turn % others)})`, symbol: spare[turn % spare.length]! }];
    }),
  );
}

const spare = symbols.filter(symbol => symbol !== 'circle' && symbol !== 'star');

/** Which look is whose. */
export function legend(methods: readonly string[], looks: Map<string, Look>): Html {
  return html`<ul class="legend">${methods.map(method => html`<li>${swatch(looks.get(method)!)} ${methodTitle(method)}</li>`)}</ul>\n`;
}

/** A method's symbol, for beside its name. */
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
