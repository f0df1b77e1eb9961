import { expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { againstClip } from './against-clip.js';
import { scatter } from './scatter.js';
import { looksOf, quieted } from './styles.js';

const looks = looksOf(['clip', 'dgprompt', nasty]);

test('each method has a mark with its colour and symbol, its name, and error bars if it has several seeds', () => {
  const points = [
    { method: 'clip', base: { mean: 60 }, new: { mean: 65 } },
    { method: 'dgprompt', base: { mean: 70, deviation: 1 }, new: { mean: 66, deviation: 2 } },
    { method: nasty, base: { mean: 68 }, new: { mean: 50 } },
  ];
  const { all, text } = parsed(scatter(points, looks));
  const marks = all('svg [fill^="var(--m"]:not([fill="var(--muted)"])');
  expect(marks.map(mark => mark.getAttribute('fill'))).toEqual(['var(--m0)', 'var(--m1)', 'var(--m2)']);
  expect(new Set(marks.map(mark => mark.getAttribute('d'))).size).toBe(3);
  expect(all('svg line')).toHaveLength(2);
  expect(text).toContain('DGPrompt: base 70.0 ± 1.0, new 66.0 ± 2.0');
  expect(text).toContain(nasty);
  expect(all('img')).toEqual([]);
  expect(all('svg')[0]?.getAttribute('aria-label')).toContain('CLIP: base 60.0, new 65.0');
});

test('lines of equal harmonic mean surround the marks', () => {
  const points = [60, 80].map((mean, i) => ({ method: ['clip', 'dgprompt'][i]!, base: { mean }, new: { mean } }));
  const { all } = parsed(scatter(points, looks));
  const means = all('svg text')
    .map(text => /^H (\d+)$/.exec(text.textContent ?? '')?.[1])
    .filter(Boolean);
  expect(means.map(Number)).toEqual(expect.arrayContaining([65, 70, 75]));
});

test('the comparison with CLIP has a mark per task and method, and its label says which is better on both', () => {
  const changes = [
    { task: 'weather', method: 'dgprompt', base: 3, new: 1 },
    { task: nasty, method: 'dgprompt', base: 2, new: -1 },
  ];
  const { all, text } = parsed(againstClip(changes, looks));
  expect(all('figure > svg [fill="var(--m1)"]')).toHaveLength(2);
  expect(all('figure > svg text').map(label => label.textContent)).toEqual(
    expect.arrayContaining(['weather', '<img src=x onerro…']),
  );
  expect(text).toContain(`${nasty}, DGPrompt: base +2, new −1`);
  expect(all('figure > svg')[0]?.getAttribute('aria-label')).toContain('better on both in 1 of 2 tasks');
});

test('with many methods, the quiet ones are grey and have no panel', () => {
  const some = quieted(looks, ['dgprompt']);
  const changes = ['dgprompt', nasty].map(method => ({ task: 'weather', method, base: 1, new: 1 }));
  expect(parsed(againstClip(changes, some)).all('figure')).toHaveLength(1);
  const points = changes.map(({ method }) => ({ method, base: { mean: 60 }, new: { mean: 50 } }));
  const marks = parsed(scatter(points, some)).all('svg [fill="var(--quiet)"], svg [fill="var(--m1)"]');
  expect(marks.map(mark => mark.getAttribute('fill'))).toEqual(['var(--quiet)', 'var(--m1)']);
});
