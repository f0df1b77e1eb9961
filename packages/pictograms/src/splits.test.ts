import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { splitFile } from './load-task.js';
import { parsePicturePath } from './picture-path.js';
import { styleNames, styles } from './styles.js';
import { pictogramTasks } from './tasks.js';

type Entry = [path: string, label: number, classname: string];
const read = (task: string) => JSON.parse(readFileSync(splitFile(task), 'utf8')) as Record<string, Entry[]>;
const splits = ['train', 'val', 'test'] as const;

it('has eleven tasks, as many as the papers have datasets', () => {
  expect(pictogramTasks()).toHaveLength(11);
});

describe.each(pictogramTasks())('split of %s', task => {
  const split = read(task);
  const all = splits.flatMap(name => split[name]!);
  const classNames = [...new Map(all.map(([, label, name]) => [label, name])).entries()]
    .sort(([a], [b]) => a - b)
    .map(([, name]) => name);

  it('has 45 to 90 classes in alphabetical order, each name once', () => {
    expect(classNames.length).toBeGreaterThanOrEqual(45);
    expect(classNames.length).toBeLessThanOrEqual(90);
    expect([...new Set(classNames)].sort()).toEqual(classNames);
  });

  it('names classes in plain lower-case words', () => {
    for (const name of classNames) expect(name).toMatch(/^[a-z0-9][a-z0-9' -]*$/);
    expect(classNames.filter(name => /skin tone|flag:|^(man|woman|person)\b(?!'s)/.test(name))).toEqual([]);
  });

  it('has 16 shots, validation and test images for every class', () => {
    for (const [name, least] of [
      ['train', 16],
      ['val', 4],
      ['test', 2],
    ] as const) {
      const counts = classNames.map((_, label) => split[name]!.filter(entry => entry[1] === label).length);
      expect(Math.min(...counts), name).toBeGreaterThanOrEqual(least);
    }
  });

  it('never shares a drawing of a class between train, validation and test', () => {
    const home = new Map<string, string>();
    for (const name of splits) {
      for (const [path, label] of split[name]!) {
        const drawing = `${label} ${styles[parsePicturePath(path).style].drawing}`;
        expect(home.get(drawing) ?? name, path).toBe(name);
        home.set(drawing, name);
      }
    }
  });

  it('never has one picture under two names, or one view twice', () => {
    const owner = new Map<string, number>();
    for (const [path, label] of all) {
      const { style, icon } = parsePicturePath(path);
      expect(owner.get(`${style}/${icon}`) ?? label, path).toBe(label);
      owner.set(`${style}/${icon}`, label);
    }
    expect(new Set(all.map(([path]) => path)).size).toBe(all.length);
  });

  it('has every style in train, validation and test', () => {
    for (const name of splits) {
      const seen = new Set(split[name]!.map(([path]) => parsePicturePath(path).style));
      expect([...seen].sort(), name).toEqual([...styleNames].sort());
    }
  });
});
