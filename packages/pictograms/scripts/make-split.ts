import { picturePath } from '../src/picture-path.js';
import { type StyleName, styles } from '../src/styles.js';
import { randomFrom } from '../src/views.js';

/** One drawn picture of a class. */
export interface Picture {
  style: StyleName;
  icon: string;
}

/** A class with all its pictures. */
export interface PicturedClass<P extends Picture = Picture> {
  name: string;
  pictures: P[];
}

export type Entry = [path: string, label: number, classname: string];
export type Split = Record<'train' | 'val' | 'test', Entry[]>;

/** Images per class in each split. */
export const imagesPerClass = { train: 20, val: 4, test: 6 } as const;

/** The drawings that a class's pictures come from: Fluent's renderings share one. */
export const drawingsOf = (pictures: readonly Picture[]): string[] => [
  ...new Set(pictures.map(({ style }) => styles[style].drawing)),
];

/**
 * Deals a class's pictures to training, validation and test. Its drawings are shuffled: the first goes to validation,
 * the next to the test (and so do further ones, as long as there are fewer than two test pictures and two drawings
 * remain), the rest to training.
 *
 * @param mayTest false for pictures that must not be in the test set; reshuffles until a test picture remains
 * @returns the pictures per split and how many were left out of the test; undefined if no shuffle leaves a test picture
 */
export function dealPictures<P extends Picture>(
  task: string,
  { name, pictures }: PicturedClass<P>,
  mayTest: (picture: P) => boolean,
): (Record<keyof Split, P[]> & { leftOut: number }) | undefined {
  const drawings = drawingsOf(pictures);
  const of = (drawing: string) => pictures.filter(({ style }) => styles[style].drawing === drawing);
  for (let attempt = 0; attempt < 50; attempt++) {
    const [first, ...others] = shuffled(drawings, randomFrom(`${task}/${name}/${attempt}`));
    const dealt: P[] = [];
    while (dealt.length < 2 && others.length > 2) dealt.push(...of(others.shift()!));
    const test = dealt.filter(mayTest);
    if (test.length === 0) continue;
    return { train: others.flatMap(of), val: of(first!), test, leftOut: dealt.length - test.length };
  }
  return undefined;
}

/**
 * Deals `count` views of some pictures: drawings take turns, and so do each drawing's renderings, so that none weighs
 * more than another.
 *
 * @returns paths as in a split file
 */
export function dealViews(className: string, pictures: readonly Picture[], count: number): string[] {
  const turns = drawingsOf(pictures).map(drawing => pictures.filter(({ style }) => styles[style].drawing === drawing));
  const seen = new Map<Picture, number>();
  const paths: string[] = [];
  for (let i = 0; i < count; i++) {
    const renderings = turns[i % turns.length]!;
    const picture = renderings[Math.floor(i / turns.length) % renderings.length]!;
    const view = seen.get(picture) ?? 0;
    seen.set(picture, view + 1);
    const { style, icon } = picture;
    paths.push(picturePath({ className: folderName(className), style, icon, view }));
  }
  return paths;
}

const folderName = (className: string): string => className.replaceAll("'", '').replace(/[^a-z0-9]+/g, '-');

function shuffled<T>(items: readonly T[], next: () => number): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = Math.floor(next() * (i + 1));
    [out[i], out[j]] = [out[j]!, out[i]!];
  }
  return out;
}
