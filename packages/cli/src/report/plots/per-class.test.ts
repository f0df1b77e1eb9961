import { expect, test } from 'vitest';
import { nasty, parsed } from '../parsed.js';
import { perClassBars } from './per-class.js';
import { looksOf } from './styles.js';

const looks = looksOf(['clip', 'dgprompt']);
const about = { title: 'base classes', method: 'dgprompt', other: 'clip' };

test('each class has a bar, best first, and a tick for the other method', () => {
  const classes = [
    { name: 'fog', value: 20, other: 40 },
    { name: nasty, value: 90, other: 50 },
    { name: 'comet', value: 60 },
  ];
  const { all, text } = parsed(perClassBars(classes, looks, about));
  expect(all('rect')).toHaveLength(3);
  expect(all('rect title').map(title => title.textContent)).toEqual([
    `${nasty}: 90.0, CLIP 50.0`,
    'comet: 60.0',
    'fog: 20.0, CLIP 40.0',
  ]);
  expect(all('line[x1]').length).toBeGreaterThanOrEqual(2);
  expect(all('img')).toEqual([]);
  expect(all('svg text').map(label => label.textContent)).toEqual(expect.arrayContaining(['90.0', '50.0', '60.0']));
  expect(all('.legend li').map(item => item.textContent?.trim())).toEqual(['DGPrompt, bold', 'CLIP, grey']);
  expect(text).toContain('Accuracy by class, base classes');
});

test('with many classes, those that differ most are drawn and the rest is counted', () => {
  const classes = Array.from({ length: 1000 }, (_, i) => ({ name: `class ${i}`, value: i / 10, other: 0 }));
  const { all, text } = parsed(perClassBars(classes, looks, about));
  expect(all('rect')).toHaveLength(48);
  expect(all('rect title')[0]?.textContent).toContain('class 999');
  expect(text).toContain('The 952 of 1000 classes that differ least are left out.');
});
