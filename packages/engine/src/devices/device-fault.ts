import { probeDevice } from '../runtime/probe.js';
import { ELEMENT, encodeModel } from '../tracing/onnx-model.js';
import type { ComputePrecision } from './half-precision.js';

/**
 * Why no session starts on a device, for example because a driver is missing. Tries it once, in another process.
 *
 * @param precision of the session
 * @returns one line; undefined if a session starts
 *
 * @example
 * ```ts
 * import { deviceFault } from '@dgprompt/engine/devices';
 *
 * console.log(await deviceFault('cpu')); // undefined
 * ```
 */
export function deviceFault(device: string, precision: ComputePrecision = 'fp32'): Promise<string | undefined> {
  const key = `${device} ${precision}`;
  const known = faults.get(key) ?? ask(device, precision);
  faults.set(key, known);
  return known;
}

const faults = new Map<string, Promise<string | undefined>>();

async function ask(device: string, precision: ComputePrecision): Promise<string | undefined> {
  const fault = await probeDevice(probe(precision), device);
  return fault === undefined ? undefined : oneLine(fault);
}

/** -x, in half precision on request. */
function probe(precision: ComputePrecision): Uint8Array {
  const value = (name: string) => ({ name, dtype: 'float32', shape: [1] }) as const;
  const node = (op: string, from: string, to: string, attributes = {}) => ({
    op,
    domain: '',
    inputs: [from],
    outputs: [to],
    attributes,
  });
  const nodes =
    precision === 'fp32'
      ? [node('Neg', 'x', 'y')]
      : [
          node('Cast', 'x', 'half', { to: ELEMENT.float16 }),
          node('Neg', 'half', 'less'),
          node('Cast', 'less', 'y', { to: ELEMENT.float32 }),
        ];
  return encodeModel({ nodes, initializers: [], inputs: [value('x')], outputs: [value('y')] });
}

/** ONNX Runtime's message without the position in its sources. */
const oneLine = (message: string): string =>
  message
    .trim()
    .replace(/^.* was false\.\s*/s, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
