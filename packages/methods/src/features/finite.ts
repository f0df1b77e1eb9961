/** The first value of a list that is not finite; undefined if all are. */
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
      `${method}: the logits of ${image} are ${wrong.value}: what it learned, or the image's pixels, are too large or not numbers; train it again with a lower learning rate.`,
    );
}

/** The name of an image in errors. */
export const imageName = (image: unknown, index: number): string =>
  typeof image === 'string' ? image : `image ${index + 1}`;
