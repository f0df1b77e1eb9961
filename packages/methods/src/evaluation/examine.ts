import type { Item } from '@dgprompt/datasets';
import { checkItems } from '../method/items.js';
import type { Method } from '../method/types.js';
import type { Transform } from '../transforms/transform.js';
import { predictEach } from './predict-each.js';

/** How a classifier judged one labelled image. */
export interface Judgement {
  path: string;
  label: number;
  /** The most likely class, and its probability. */
  predicted: number;
  score: number;
  /** The probability of the image's own class. */
  ownScore: number;
}

/** A classifier's judgement of many labelled images. */
export interface Examination {
  classNames: string[];
  judgements: Judgement[];
  /** Images that could not be read, with the reason. */
  unread: { path: string; error: Error }[];
}

export interface ExamineOptions {
  transform?: Transform;
  signal?: AbortSignal;
  onImage?(progress: { done: number; total: number }): void;
}

/**
 * Judges labelled images one by one: what `evaluate` counts, with every probability that a page of mistakes needs. Images that cannot be
 * read are left out and listed.
 *
 * @throws a sentence for items that do not fit the classes; the signal's reason when aborted
 */
export async function examine(
  method: Method,
  items: readonly Item[],
  { transform, signal, onImage }: ExamineOptions = {},
): Promise<Examination> {
  checkItems(method, items);
  const classNames = [...method.classNames];
  const index = new Map(classNames.map((name, i) => [name, i]));
  const found: Examination = { classNames, judgements: [], unread: [] };
  const paths = items.map(({ path }) => path);
  let done = 0;
  for await (const answer of predictEach(method, paths, { top: classNames.length, transform, signal })) {
    const { label } = items[done]!;
    done++;
    if ('error' in answer) found.unread.push(answer);
    else {
      const [first] = answer.predictions;
      const own = answer.predictions.find(({ label: name }) => name === classNames[label]);
      found.judgements.push({
        path: answer.path,
        label,
        predicted: index.get(first!.label)!,
        score: first!.score,
        ownScore: own!.score,
      });
    }
    onImage?.({ done, total: items.length });
  }
  return found;
}

/** Images of one class that were taken for another. */
export interface Confusion {
  /** The images' own class, and what they were taken for: indices into the class names. */
  label: number;
  predicted: number;
  /** The images, surest mistake first. */
  mistakes: Judgement[];
}

/** Wrong judgements, the surest first. */
export const mistakes = ({ judgements }: Examination): Judgement[] =>
  judgements
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.score - b.ownScore - (a.score - a.ownScore));

/** Which class is taken for which, the commonest first. */
export function confusions(examination: Examination): Confusion[] {
  const pairs = new Map<string, Confusion>();
  for (const mistake of mistakes(examination)) {
    const { label, predicted } = mistake;
    const key = `${label} ${predicted}`;
    const pair = pairs.get(key);
    if (pair) pair.mistakes.push(mistake);
    else pairs.set(key, { label, predicted, mistakes: [mistake] });
  }
  return [...pairs.values()].sort((a, b) => b.mistakes.length - a.mistakes.length);
}

/** Top-1 in percent over some judgements; 0 of none. */
export const accuracy = (judgements: readonly Judgement[]): number =>
  judgements.length === 0
    ? 0
    : (100 * judgements.filter(({ label, predicted }) => label === predicted).length) / judgements.length;

/** Images and top-1 in percent of each class that has images, in the order of the labels. */
export function perClass({ classNames, judgements }: Examination): { name: string; images: number; top1: number }[] {
  return classNames.flatMap((name, label) => {
    const own = judgements.filter(judged => judged.label === label);
    return own.length > 0 ? [{ name, images: own.length, top1: accuracy(own) }] : [];
  });
}
