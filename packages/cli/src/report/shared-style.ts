/** Style shared by pages: type scale (`--t…`), spacing scale (`--s…`), light and dark, tables and figures. */
export const sharedStyle = `
:root {
  color-scheme: light dark;
  --paper: light-dark(#fff, #14171a); --raised: light-dark(#f5f6f7, #1d2125); --ink: light-dark(#1a1d20, #e8eaec);
  --muted: light-dark(#5b636b, #9aa4ad); --line: light-dark(#dfe3e6, #31373d); --grid: light-dark(#d5dadd, #3a4147);
  --quiet: light-dark(#b4bbc1, #5b646c);
  --accent: light-dark(#0b5fa5, #6cb6f5); --right: light-dark(#0b6fb8, #4aa3e8); --wrong: light-dark(#c8501a, #f0813a);
  --m0: light-dark(#6b737b, #a3acb4); --m1: light-dark(#0b6fb8, #5cb0f0); --m2: light-dark(#c8501a, #f28a4a);
  --m3: light-dark(#0a8566, #34c79c); --m4: light-dark(#a8468a, #e596c9); --m5: light-dark(#8f6a00, #dfb33a);
  --m6: light-dark(#5a4fcf, #a69cf5); --m7: light-dark(#7a4a2b, #c79a7a);
  --sans: system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
  --t0: .8125rem; --t1: .9375rem; --t2: 1.125rem; --t3: 1.5rem; --t4: clamp(1.5rem, 1rem + 2vw, 2.25rem);
  --s1: .25rem; --s2: .5rem; --s3: 1rem; --s4: 1.5rem; --s5: 2.5rem; --s6: 4rem;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: var(--t1)/1.5 var(--sans); overflow-wrap: break-word; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 2px; }
.unseen { position: absolute; clip-path: inset(50%); width: 1px; height: 1px; margin: 0; overflow: hidden; white-space: nowrap; }
.note, .label, .about, small { color: var(--muted); }
.note, .label, .about { font-size: var(--t0); line-height: 1.45; }
figure { margin: 0; max-width: 40rem; }
figure:has(.matrix) { max-width: none; width: fit-content; max-inline-size: 100%; }
figcaption { margin-bottom: var(--s2); }
figcaption .about { display: block; }
.title { display: flex; justify-content: space-between; align-items: baseline; gap: var(--s3); margin: 0; min-height: 1.75rem; }
.title b { font-weight: 650; overflow-wrap: anywhere; }
.legend { display: flex; flex-wrap: wrap; gap: var(--s1) var(--s3); list-style: none; margin: 0 0 var(--s2); padding: 0; font-size: var(--t0); }
.legend li { display: inline-flex; align-items: center; gap: var(--s1); }
.copy { display: none; flex: none; font: inherit; font-size: var(--t0); line-height: 1.2; padding: var(--s1) var(--s2); color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 6px; cursor: pointer; }
.scripted .copy { display: inline-block; }
.copy:hover { background: var(--raised); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: var(--t0); font-variant-numeric: tabular-nums; }
th, td { padding: var(--s1) var(--s2); text-align: left; vertical-align: baseline; font-weight: 400; white-space: nowrap; }
th:first-child, td:first-child { padding-left: 0; }
th:last-child, td:last-child { padding-right: 0; }
thead th, thead td { color: var(--muted); border-bottom: 1px solid var(--ink); }
tbody tr:last-child > * { border-bottom: 1px solid var(--line); }
.matrix { border-collapse: separate; border-spacing: 1px; }
.matrix td { min-width: 1.45rem; height: 1.45rem; padding: 0 2px; text-align: center; vertical-align: middle; background: var(--raised); border: 0 !important; }
.matrix th { border: 0 !important; padding: 0 var(--s2) 0 0; }
.matrix tbody th { position: sticky; left: 0; text-align: right; background: var(--paper); max-width: 9rem; overflow: hidden; text-overflow: ellipsis; }
.matrix thead th { vertical-align: bottom; padding: 0; color: inherit; }
.matrix thead th span { writing-mode: vertical-rl; transform: rotate(180deg); display: inline-block; max-height: 9rem; overflow: hidden; text-overflow: ellipsis; padding-block: var(--s1); margin: auto; }
.matrix thead th:not(.corner) { text-align: center; }
.matrix .corner { color: var(--muted); text-align: right; padding-right: var(--s2); }
.matrix .right { background: color-mix(in srgb, var(--right) calc(10% + var(--share) * 45%), var(--paper)); }
.matrix .wrong { background: color-mix(in srgb, var(--wrong) calc(10% + var(--share) * 45%), var(--paper)); }
.scale { display: inline-block; width: 4rem; height: .75rem; border-radius: 2px; }
.scale.right { background: linear-gradient(to right, color-mix(in srgb, var(--right) 10%, var(--paper)), color-mix(in srgb, var(--right) 55%, var(--paper))); }
.scale.wrong { background: linear-gradient(to right, color-mix(in srgb, var(--wrong) 10%, var(--paper)), color-mix(in srgb, var(--wrong) 55%, var(--paper))); }
`;
