import { sharedStyle } from './shared-style.js';

/** The report's style for light and dark mode, screen and paper. */
export const style = `${sharedStyle}
html { scroll-padding-top: var(--s3); }
header, nav, main { width: 100%; max-width: 76rem; margin: 0 auto; padding: 0 clamp(var(--s3), 3vw, var(--s5)); }
header { padding-top: var(--s5); }
main { padding-bottom: var(--s6); outline: none; }
a { color: var(--accent); text-underline-offset: .15em; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: var(--s3); top: var(--s2); z-index: 2; background: var(--paper); padding: var(--s1) var(--s2); }

h1, h2, h3, h4 { line-height: 1.2; font-weight: 650; text-wrap: balance; }
h1 { font-size: var(--t4); letter-spacing: -.02em; margin: 0 0 var(--s3); }
h1 code { font: inherit; overflow-wrap: anywhere; }
h2 { font-size: var(--t3); letter-spacing: -.01em; margin: 0 0 var(--s2); }
h3 { font-size: var(--t2); margin: var(--s5) 0 var(--s3); }
h4 { font-size: var(--t1); margin: var(--s5) 0 var(--s3); }
p { margin: 0 0 var(--s3); }
section { border-top: 1px solid var(--line); padding-top: var(--s4); margin-top: var(--s5); }
.kicker { margin: 0 0 var(--s1); color: var(--accent); font-weight: 600; }
.reading { max-width: 46rem; font-size: var(--t2); margin-bottom: var(--s4); text-wrap: pretty; }
.note { max-width: 60rem; margin-bottom: var(--s2); }
.label { margin: var(--s3) 0 var(--s2); }
.facts { display: flex; flex-wrap: wrap; gap: var(--s3) var(--s5); margin: 0; }
.facts dt { font-size: var(--t0); color: var(--muted); }
.facts dd { margin: 0; font-size: var(--t2); font-weight: 600; font-variant-numeric: tabular-nums; }
.problems { background: var(--raised); border-left: 3px solid var(--wrong); padding: var(--s3); margin: var(--s4) 0; }
.problems ul { margin: var(--s1) 0 0; padding-left: var(--s3); }

nav { padding-top: var(--s4); font-size: var(--t0); }
nav ol { list-style: none; margin: 0; padding: 0; }
nav li { margin: 0 0 var(--s2); line-height: 1.35; }
nav a { text-decoration: none; }
nav a:hover { text-decoration: underline; }
nav .sub { display: block; color: var(--muted); }

.figures { display: grid; gap: var(--s5); grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); align-items: start; margin: var(--s4) 0; }
.figures.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 17rem), 1fr)); gap: var(--s4); }
.cards { grid-template-columns: repeat(auto-fill, minmax(min(100%, 23rem), 1fr)); gap: var(--s4) var(--s5); }
.figures > *, .cards > * { min-width: 0; }
.cards { display: grid; margin: var(--s3) 0 var(--s4); }
.stack { display: grid; gap: var(--s5); }
.stack > * { min-width: 0; }
.plot { display: block; width: 100%; height: auto; overflow: visible; font: 13px var(--sans); }
.plot text { white-space: pre; }
.method { display: inline-flex; align-items: baseline; gap: .4em; }
.swatch { display: inline-block; width: 14px; height: 14px; flex: none; align-self: flex-start; margin-top: calc(.75em - 7px); }
.bar { width: 18px; height: 10px; opacity: .75; }
.tick { width: 2.5px; height: 14px; background: currentColor; margin-inline: var(--s2) var(--s1); }

.sheet { margin: 0 0 var(--s3); }
.scores, .words { width: 100%; }
.scores td, .scores thead th { text-align: right; }
.scores tbody th { white-space: normal; min-width: 8rem; }
.cards .scores tbody th { min-width: 6rem; }
.cards :is(td, th) { padding-inline: .3rem; }
.scores u { text-decoration-thickness: 1px; text-underline-offset: .2em; }
td small { font-size: .85em; }
.scores :is(.paper, .difference) > * { color: var(--muted); font-size: .92em; }
.many small { display: block; line-height: 1; margin-bottom: .15rem; }
.words td { white-space: normal; }
.words span { white-space: nowrap; margin-right: .8em; }
.runs code { user-select: all; }

code { font: .92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
.machines { padding-left: var(--s3); }
details { margin: var(--s3) 0; }
details.task { border-bottom: 1px solid var(--line); margin: 0; padding: var(--s2) 0; }
details.task[open] { padding-bottom: var(--s5); }
summary { cursor: pointer; font-weight: 600; padding: var(--s1) 0; }
.pairs { margin: 0; padding: 0; list-style: none; font-size: var(--t0); columns: 14rem; }
.pairs b { font-weight: 600; }
.examples { list-style: none; padding: 0; margin: 0; display: grid; gap: var(--s3); grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); font-size: var(--t0); }
.examples img { display: block; width: 6rem; height: 6rem; object-fit: contain; background: #fff; border: 1px solid var(--line); border-radius: 6px; }
.examples figcaption { overflow-wrap: anywhere; margin-top: var(--s1); }


@media (max-width: 34rem) {
  .scores small { display: block; line-height: 1; margin-bottom: .15rem; }
  .scores tbody th { min-width: 6rem; }
}
@media (min-width: 68rem) {
  body { display: grid; grid-template: "nav header" auto "nav main" 1fr / 14rem minmax(0, 76rem); justify-content: center; }
  header { grid-area: header; }
  main { grid-area: main; }
  header, main { padding-left: 0; }
  nav { grid-area: nav; position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: var(--s5) var(--s4) var(--s3); }
}
@media print {
  @page { margin: 15mm; }
  :root { color-scheme: light; --t1: 9.5pt; --t0: 8pt; --t2: 11pt; --t3: 14pt; --t4: 20pt; --s5: 1.5rem; --s6: 2rem; }
  nav, .skip, .scripted .copy { display: none; }
  body { display: block; }
  header, main { max-width: none; padding: 0; }
  .figures { grid-template-columns: 1fr 1fr; gap: var(--s4); }
  .figures.small, .cards { grid-template-columns: 1fr 1fr 1fr; }
  .runs :is(td:last-child, code) { white-space: normal; overflow-wrap: anywhere; }
  .scroll { overflow: visible; }
  .matrix tbody th { position: static; }
  .plot, .scale, .matrix td, .bar, .tick { print-color-adjust: exact; }
  figure, tr, .cards .sheet, .examples li { break-inside: avoid; }
  thead { display: table-header-group; }
  h2, h3, h4, .title, .label { break-after: avoid; }
  section + section { break-before: page; }
  details::details-content { content-visibility: visible; block-size: auto; }
}
`;
