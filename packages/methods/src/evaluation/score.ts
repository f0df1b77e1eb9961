/** A labelled image and the class predicted for it, as indices into the class names. */
export interface Judgement {
  path: string;
  label: number;
  /** The most likely class. */
  predicted: number;
  /** Its probability, and that of the image's own class. */
  score: number;
  ownScore: number;
}

export interface ClassAccuracy {
  classname: string;
  label: number;
  correct: number;
  total: number;
  /** In percent. */
  accuracy: number;
}

/** Images of one class that were classified as another. */
export interface Confusion {
  label: number;
  predicted: number;
  /** The images, most confident mistake first. */
  mistakes: Judgement[];
}

/** Accuracy of a method on labelled images. */
export interface Score {
  /** Images whose most likely class is their own, in percent; 0 without images. */
  top1: number;
  correct: number;
  total: number;
  /** The same per class, in label order, without classes that have no images. */
  perClass: ClassAccuracy[];
}

/** A score with its mistakes. */
export interface DetailedScore extends Score {
  /** Wrong judgements, most confident first. */
  mistakes: Judgement[];
  /** Pairs of confused classes, most frequent first. */
  confusions: Confusion[];
}

/** Counts how often the predicted class is the label. */
export function score(classNames: readonly string[], judged: readonly Pick<Judgement, 'label' | 'predicted'>[]): Score {
  const counts = classNames.map((classname, label) => ({ classname, label, correct: 0, total: 0 }));
  for (const { label, predicted } of judged) {
    counts[label]!.total++;
    if (predicted === label) counts[label]!.correct++;
  }
  const correct = counts.reduce((sum, c) => sum + c.correct, 0);
  const total = judged.length;
  return { top1: percent(correct, total), correct, total, perClass: counts.filter(c => c.total > 0).map(withAccuracy) };
}

const percent = (part: number, whole: number) => (whole === 0 ? 0 : (100 * part) / whole);

const withAccuracy = (counts: Omit<ClassAccuracy, 'accuracy'>): ClassAccuracy => ({
  ...counts,
  accuracy: percent(counts.correct, counts.total),
});

/** A score with its mistakes and confusions. */
export function detailedScore(classNames: readonly string[], judgements: readonly Judgement[]): DetailedScore {
  const mistakes = judgements
    .filter(({ label, predicted }) => label !== predicted)
    .sort((a, b) => b.score - b.ownScore - (a.score - a.ownScore));
  const pairs = new Map<string, Confusion>();
  for (const mistake of mistakes) {
    const { label, predicted } = mistake;
    const key = `${label} ${predicted}`;
    const pair = pairs.get(key) ?? { label, predicted, mistakes: [] };
    pair.mistakes.push(mistake);
    pairs.set(key, pair);
  }
  const confusions = [...pairs.values()].sort((a, b) => b.mistakes.length - a.mistakes.length);
  return { ...score(classNames, judgements), mistakes, confusions };
}
