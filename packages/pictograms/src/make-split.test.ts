import { expect, it } from 'vitest';
import { dealPictures, dealViews, type Picture } from '../scripts/make-split.js';
import { styleNames, styles } from './styles.js';

const pictures: Picture[] = styleNames.map(style => ({ style, icon: 'camel' }));
const names = Array.from({ length: 200 }, (_, i) => `class ${i}`);
const all = () => true;
const drawings = (list: Picture[]) => new Set(list.map(({ style }) => styles[style].drawing));

it('deals every drawing to one of train, val and test, and leaves two drawings to train on', () => {
  for (const name of names) {
    const dealt = dealPictures('mammals', { name, pictures }, all)!;
    expect([...dealt.train, ...dealt.val, ...dealt.test]).toHaveLength(pictures.length);
    expect(drawings(dealt.train).size + drawings(dealt.val).size + drawings(dealt.test).size).toBe(5);
    expect(drawings(dealt.train).size).toBeGreaterThanOrEqual(2);
    expect(drawings(dealt.val).size).toBe(1);
  }
});

it('deals the same class the same way every time, and different classes differently', () => {
  const deal = (name: string) => JSON.stringify(dealPictures('mammals', { name, pictures }, all));
  expect(deal('dog')).toBe(deal('dog'));
  expect(new Set(names.map(deal)).size).toBeGreaterThan(10);
});

it('leaves out pictures that must not be in the test, and counts them', () => {
  const mayTest = ({ style }: Picture) => style !== 'fluent-emoji' && style !== 'noto';
  let leftOut = 0;
  for (const name of names) {
    const dealt = dealPictures('mammals', { name, pictures }, mayTest)!;
    expect(dealt.test.length).toBeGreaterThan(0);
    expect(dealt.test.every(mayTest)).toBe(true);
    leftOut += dealt.leftOut;
  }
  expect(leftOut).toBeGreaterThan(0);
  expect(dealPictures('mammals', { name: 'dog', pictures }, () => false)).toBeUndefined();
});

it('alternates between drawings, and between the renderings of a drawing', () => {
  const two = pictures.filter(({ style }) => styles[style].drawing === 'fluent' || style === 'noto');
  const paths = dealViews("man's shoe", two, 12);
  expect(new Set(paths).size).toBe(12);
  expect(paths.filter(path => path.startsWith('mans-shoe/noto/'))).toHaveLength(6);
  expect(paths.filter(path => path.startsWith('mans-shoe/fluent-emoji-3d/'))).toHaveLength(2);
  expect(paths).toContain('mans-shoe/noto/camel-0.png');
});
