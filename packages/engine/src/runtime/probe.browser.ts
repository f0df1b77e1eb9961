import { createSession, sessionTensor } from './onnxruntime.browser.js';

/** Runs a model on a device. @returns the error; undefined if the model runs */
export async function probeDevice(model: Uint8Array, device: string): Promise<string | undefined> {
  try {
    const session = await createSession(model, { executionProviders: [device], logSeverityLevel: 4 });
    await session.run({ x: sessionTensor('float32', Float32Array.of(1), [1]) });
    await session.release();
    return undefined;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
