import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { ELEMENT, encodeModel } from '../tracing/onnx-model.js';
import type { ComputePrecision } from './half-precision.js';

/** Makes a session on a device and runs it; prints why, if it does not. */
const program = `
const [library, model, device] = process.argv.slice(1);
const { env, InferenceSession, Tensor } = require(library);
env.logLevel = 'fatal';
const options = { executionProviders: [device], logSeverityLevel: 4 };
const run = session => session.run({ x: new Tensor('float32', [1], [1]) });
InferenceSession.create(Buffer.from(model, 'base64'), options).then(run).then(
  () => process.exit(0),
  error => process.stdout.write(error.message, () => process.exit(1)),
);`;

/**
 * Why no session starts on a device: a driver is missing, say. It is asked in a process of its own, since native libraries write what
 * they please to stderr, and may crash.
 * @param precision in which the session computes
 * @returns one line; undefined if a session starts
 */
export function deviceFault(device: string, precision: ComputePrecision = 'fp32'): Promise<string | undefined> {
  const key = `${device} ${precision}`;
  const known = faults.get(key) ?? ask(device, precision);
  faults.set(key, known);
  return known;
}

const faults = new Map<string, Promise<string | undefined>>();

function ask(device: string, precision: ComputePrecision): Promise<string | undefined> {
  const library = createRequire(import.meta.url).resolve('onnxruntime-node');
  const model = Buffer.from(probe(precision)).toString('base64');
  const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' };
  return new Promise(resolve => {
    execFile(process.execPath, ['-e', program, library, model, device], { env: environment }, (error, stdout) => {
      if (!error) resolve(undefined);
      else resolve(oneLine(stdout) || `ONNX Runtime ends with ${error.signal ?? `exit code ${error.code}`}`);
    });
  });
}

/** -x, in half precision on request. */
function probe(precision: ComputePrecision): Uint8Array {
  const value = (name: string) => ({ name, dtype: 'float32', shape: [1] }) as const;
  const node = (op: string, from: string, to: string, attributes = {}) => ({
    ...{ op, domain: '', inputs: [from], outputs: [to], attributes },
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

/** ONNX Runtime's message without the place in its sources. */
const oneLine = (message: string): string =>
  message
    .trim()
    .replace(/^.* was false\.\s*/s, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
