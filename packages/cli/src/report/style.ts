/**
 * The page's style for light and dark mode, screen and paper. Its colours are distinguishable with colour blindness.
 */
export const style = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fff, #14171a); --raised: light-dark(#f5f6f7, #1d2125); --ink: light-dark(#1a1d20, #e8eaec);
  --muted: light-dark(#5b636b, #9aa4ad); --line: light-dark(#dfe3e6, #31373d); --grid: light-dark(#d5dadd, #3a4147);
  --accent: light-dark(#0b5fa5, #6cb6f5); --right: light-dark(#0b6fb8, #4aa3e8); --wrong: light-dark(#c8501a, #f0813a);
  --m0: light-dark(#6b737b, #a3acb4); --m1: light-dark(#0b6fb8, #5cb0f0); --m2: light-dark(#c8501a, #f28a4a);
  --m3: light-dark(#0a8566, #34c79c); --m4: light-dark(#a8468a, #e596c9); --m5: light-dark(#8f6a00, #dfb33a);
  --m6: light-dark(#5a4fcf, #a69cf5); --m7: light-dark(#7a4a2b, #c79a7a);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 var(--sans); overflow-wrap: break-word; }
header, nav, main { max-width: 60rem; width: 100%; margin: 0 auto; padding: 0 1rem; }
header { padding-top: 1.75rem; }
main { padding-bottom: 4rem; outline: none; }
a { color: var(--accent); text-underline-offset: .15em; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .5rem; z-index: 1; background: var(--paper); padding: .3rem .6rem; }
h1, h2, h3, h4 { line-height: 1.2; font-weight: 650; text-wrap: balance; }
h1 { font-size: 2rem; letter-spacing: -.02em; margin: 0 0 1rem; }
h1 code { font: inherit; overflow-wrap: anywhere; }
h2 { font-size: 1.45rem; letter-spacing: -.01em; margin: 0 0 .75rem; }
h3 { font-size: 1.1rem; margin: 2rem 0 .75rem; }
h4 { font-size: 1rem; margin: 1.75rem 0 .5rem; }
section { border-top: 1px solid var(--line); padding-top: 1.75rem; margin-top: 2rem; }
.kicker { margin: 0 0 .25rem; color: var(--accent); font-weight: 600; letter-spacing: .02em; }
.reading { max-width: 46rem; font-size: 1.1rem; }
.note, .label, figcaption, caption, small { color: var(--muted); }
.note, figcaption, caption { font-size: .85rem; line-height: 1.4; }
.label { font-size: .85rem; margin: 1rem 0 .4rem; }
.facts { display: flex; flex-wrap: wrap; gap: .75rem 2rem; margin: 0; }
.note + .note { margin-top: -.5rem; }
.facts dt { font-size: .8rem; color: var(--muted); }
.facts dd { margin: 0; font-size: 1.15rem; font-weight: 600; font-variant-numeric: tabular-nums; }
.problems { background: var(--raised); border-left: 3px solid var(--wrong); padding: .75rem 1rem; margin: 1.5rem 0; font-size: .9rem; }
.problems ul { margin: .25rem 0 0; padding-left: 1.1rem; }
nav { padding-top: 1.25rem; font-size: .9rem; }
nav ol { list-style: none; margin: 0; padding: 0; }
nav li { margin: .35rem 0; line-height: 1.35; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav .sub { display: block; color: var(--muted); }
.legend { display: flex; flex-wrap: wrap; gap: .2rem 1.1rem; list-style: none; margin: 1rem 0; padding: 0; font-size: .9rem; }
.swatch { display: inline-block; vertical-align: -2px; width: 14px; }
.figures { display: grid; gap: 1.5rem 2rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); align-items: start; margin: 1rem 0; }
.figures.small { grid-template-columns: repeat(auto-fit, minmax(min(100%, 15rem), 1fr)); gap: 1rem; }
.figures > * { min-width: 0; }
.stack > * + * { margin-top: 1.5rem; }
figure { margin: 0; max-width: 31rem; }
.small > figure { max-width: 22rem; }
.plot { display: block; width: 100%; height: auto; overflow: visible; font: 12px var(--sans); }
.plot text { white-space: pre; }
figcaption { margin-top: .4rem; }
.explained > figure { max-width: 46rem; }
.scroll { overflow-x: auto; margin: 0 0 1rem; }
table { border-collapse: collapse; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .35rem; }
.cards caption { color: var(--ink); font-weight: 600; font-size: .95rem; }
th, td { padding: .25rem .6rem; text-align: left; vertical-align: baseline; font-weight: 400; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
thead th, thead td { color: var(--muted); border-bottom: 1px solid var(--ink); }
tbody tr:last-child > * { border-bottom: 1px solid var(--line); }
.scores td, .scores thead th { text-align: right; }
.scores { min-width: min(100%, 19rem); }
.figures .scores :is(td, th) { padding-inline: .4rem; }
.figures .scores :first-child { padding-left: 0; }
.scores u { text-decoration-thickness: 1px; text-underline-offset: .2em; }
td small { font-size: .78em; }
.scores :is(.paper, .difference) > * { color: var(--muted); font-size: .85em; }
.scores :is(.paper, .difference) th { padding-left: 1.3rem; }
.many small { display: block; line-height: 1; margin-bottom: .15rem; }
.cards { display: grid; gap: 1.25rem 2rem; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); margin: 1rem 0; }
.words td { white-space: normal; }
.words span { white-space: nowrap; margin-right: .8em; }
.runs code { user-select: all; }
.runs caption { position: absolute; clip-path: inset(50%); }
code { font: .85em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.machines { padding-left: 1.1rem; }
details { margin: 1rem 0; }
details.task { border-bottom: 1px solid var(--line); margin: 0; padding: .55rem 0; }
details.task[open] { padding-bottom: 1.5rem; }
summary { cursor: pointer; font-weight: 600; }
.pairs { margin: 0; padding: 0; list-style: none; font-size: .9rem; columns: 16rem; }
.pairs b { font-weight: 600; }
.examples { list-style: none; padding: 0; margin: 0; display: grid; gap: .75rem; grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
.examples img { display: block; width: 6rem; height: 6rem; object-fit: contain; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
.examples figcaption { overflow-wrap: anywhere; }
.examples b { color: var(--ink); font-weight: 600; }
@media (min-width: 75rem) {
  body { display: grid; grid-template: "nav header" auto "nav main" 1fr / 14rem minmax(0, 60rem); justify-content: center; gap: 0 1.5rem; }
  header { grid-area: header; }
  main { grid-area: main; }
  nav { grid-area: nav; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 2rem 0 2rem 1rem; }
}
@media print {
  :root { color-scheme: light; }
  nav, .skip { display: none; }
  body { font-size: 10.5pt; }
  header, main { max-width: none; padding: 0; }
  .runs :is(td:last-child, code) { white-space: normal; overflow-wrap: anywhere; }
  .scroll { overflow: visible; }
  figure, table, .examples li { break-inside: avoid; }
  h2, h3, h4 { break-after: avoid; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
