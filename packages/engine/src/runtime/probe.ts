import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';

/** Creates a session on a device and runs it; prints the error if that fails. */
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
 * Runs a model on a device in another process: native libraries may write to stderr, and may crash.
 *
 * @param model the bytes of an ONNX model that takes a vector `x` [1]
 * @returns the error; undefined if the model runs
 */
export function probeDevice(model: Uint8Array, device: string): Promise<string | undefined> {
  const library = createRequire(import.meta.url).resolve('onnxruntime-node');
  const args = ['-e', program, library, Buffer.from(model).toString('base64'), device];
  const env = { ORT_DISABLE_TELEMETRY: '1', ...process.env, ELECTRON_RUN_AS_NODE: '1', NODE_OPTIONS: '' };
  return new Promise(resolve => {
    execFile(process.execPath, args, { env }, (error, stdout) => {
      if (!error) resolve(undefined);
      else resolve(stdout || `ONNX Runtime ends with ${error.signal ?? `exit code ${error.code}`}`);
    });
  });
}
