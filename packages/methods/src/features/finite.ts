/** What is wrong with a list of numbers: the first value that is not finite; undefined if all are. */
export function firstNotFinite(values: ArrayLike<number>): { at: number; value: number } | undefined {
  for (let at = 0; at < values.length; at++) if (!Number.isFinite(values[at])) return { at, value: values[at]! };
  return undefined;
}

/**
 * Checks the logits of an image.
 * @throws one sentence naming method and image
 */
export function checkLogits(method: string, image: string, logits: Float32Array): void {
  const wrong = firstNotFinite(logits);
  if (wrong)
    throw new Error(
      `${method}: the logits of ${image} are ${wrong.value}, which is no answer: what it learned is too large or no number, or the image's pixels are; train it again with a lower learning rate.`,
    );
}

/** What an error calls an image. */
export const imageName = (image: unknown, index: number): string =>
  typeof image === 'string' ? image : `image ${index + 1}`;
