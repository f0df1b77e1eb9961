import type { Compute } from '@dgprompt/engine';
import type { PillowVersion } from '@dgprompt/images';
import type { SavedRun } from '@dgprompt/methods/method';

/** How the user wants to compute; what is absent is as in the training of what is opened. */
export type GivenCompute = Compute & { pillow?: PillowVersion };

/**
 * How to compute with a classifier: as given, else in the precision and with the Pillow version of its training.
 * @throws one sentence if the device cannot compute in the precision of the training
 */
export function asTrained(
  folder: string,
  { trained, training }: Pick<SavedRun, 'trained' | 'training'>,
  { precision, pillow, ...given }: GivenCompute,
): GivenCompute {
  const facts = trained ?? training;
  const lack = precision === undefined ? lackFor(facts?.precision, given) : undefined;
  if (lack !== undefined)
    throw new Error(
      `${folder} was trained with --precision ${facts!.precision}, which ${lack}, or give --precision fp32.`,
    );
  return { ...given, precision: precision ?? facts?.precision, pillow: pillow ?? facts?.pillow };
}

/** What a device lacks for a precision; undefined if it may suffice. */
export function lackFor(
  precision: Compute['precision'],
  { device = 'cpu', backend = 'onnxruntime' }: Compute,
): string | undefined {
  if (precision === 'fp16' && (device === 'cpu' || backend !== 'onnxruntime'))
    return 'needs a GPU: name it with --device';
  if (precision === 'int8' && (device !== 'cpu' || backend !== 'onnxruntime'))
    return 'needs ONNX Runtime on the CPU: leave --device and --backend out';
  return undefined;
}
