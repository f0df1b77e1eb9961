/**
 * Checks a list of classes before it is used.
 *
 * @param classNames the classes, in the order of their labels
 * @param dataset ImageNet's published list has duplicates ("missile", "sunglasses"), so its names may repeat
 * @returns a copy of the list
 * @throws one sentence for fewer than two classes, an empty name, or a duplicate
 */
export function checkClassNames(classNames: readonly string[], dataset = ''): string[] {
  if (classNames.length < 2)
    throw new Error(
      `A classifier needs at least two classes, and ${classNames.length === 1 ? 'one was' : 'none were'} given.`,
    );
  const seen = new Map<string, number>();
  classNames.forEach((name, label) => {
    if (typeof name !== 'string')
      throw new Error(`The name of class ${label} is ${JSON.stringify(name)}; it must be a text.`);
    if (name.trim() === '') throw new Error(`The name of class ${label} is empty; give every class a name.`);
    // Underscores are spaces in prompts: names that differ only there would be one class with two labels.
    const written = name.replaceAll('_', ' ').trim();
    const earlier = seen.get(written);
    if (earlier !== undefined && !dataset.startsWith('imagenet'))
      throw new Error(`Classes ${earlier} and ${label} have the same name, "${name}"; rename or merge them.`);
    seen.set(written, label);
  });
  return [...classNames];
}
