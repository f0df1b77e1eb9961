import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { encodeModel } from './onnx-model.js';

/** Makes a session on a device; prints why, if none starts. */
const program = `
const [library, model, device] = process.argv.slice(1);
const { env, InferenceSession } = require(library);
env.logLevel = 'fatal';
InferenceSession.create(Buffer.from(model, 'base64'), { executionProviders: [device], logSeverityLevel: 4 }).then(
  () => process.exit(0),
  error => process.stdout.write(error.message, () => process.exit(1)),
);`;

/**
 * Why no session starts on a device: a driver is missing, say. It is asked in a process of its own, since native libraries write what
 * they please to stderr, and may crash.
 * @returns one line; undefined if a session starts
 */
export function deviceFault(device: string): Promise<string | undefined> {
  const known = faults.get(device) ?? ask(device);
  faults.set(device, known);
  return known;
}

const faults = new Map<string, Promise<string | undefined>>();

function ask(device: string): Promise<string | undefined> {
  const library = createRequire(import.meta.url).resolve('onnxruntime-node');
  const model = Buffer.from(identity()).toString('base64');
  const environment = { ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' };
  return new Promise(resolve => {
    execFile(process.execPath, ['-e', program, library, model, device], { env: environment }, (error, stdout) => {
      if (!error) resolve(undefined);
      else resolve(oneLine(stdout) || `ONNX Runtime ends with ${error.signal ?? `exit code ${error.code}`}`);
    });
  });
}

function identity(): Uint8Array {
  const value = (name: string) => ({ name, dtype: 'float32', shape: [1] }) as const;
  return encodeModel({
    nodes: [{ op: 'Identity', domain: '', inputs: ['x'], outputs: ['y'], attributes: {} }],
    ...{ initializers: [], inputs: [value('x')], outputs: [value('y')] },
  });
}

/** ONNX Runtime's message without the place in its sources. */
const oneLine = (message: string): string =>
  message
    .trim()
    .replace(/^.* was false\.\s*/s, '')
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '');
