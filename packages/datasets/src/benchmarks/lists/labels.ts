import type { Item } from '../../dataset.js';

/**
 * Class names by label.
 *
 * @param from the source of the labels, for errors
 * @throws a sentence if a label is not an integer from 0 up or has two names, or labels have gaps
 */
export function namesByLabel(items: readonly Item[], from: string): string[] {
  const names: (string | undefined)[] = [];
  for (const { label, classname, path } of items) {
    if (!Number.isSafeInteger(label) || label < 0 || label > items.length + 10_000)
      throw new Error(`${from}: ${path} has no label.`);
    names[label] ??= classname;
    if (names[label] !== classname) {
      throw new Error(`${from}: ${path} calls label ${label} "${classname}", before it was "${names[label]}".`);
    }
  }
  return Array.from(names, (name, label) => {
    if (name === undefined) {
      throw new Error(`${from}: no picture has label ${label}; labels must run from 0 without gaps.`);
    }
    return name;
  });
}
