import type { Env, InferenceSession } from 'onnxruntime-web';
import { untilLost } from './lost-device.browser.js';

/** ONNX Runtime's WebGPU device, if any: it opens one for its first session and drops it with its last. */
let device: Awaited<Env['webgpu']['device']> | undefined;
let sessions = 0; // on that device

/** A session on WebGPU; creating and running it fail once the device is lost, when ONNX Runtime would wait forever. */
export async function gpuSession({ webgpu }: Env, create: () => Promise<InferenceSession>): Promise<InferenceSession> {
  const session = device ? await untilLost(device, create) : await create();
  const current = await webgpu.device;
  device = current;
  sessions++;
  const release = session.release.bind(session);
  session.release = () => {
    if (--sessions === 0) device = undefined;
    session.release = release;
    return release();
  };
  const run = session.run.bind(session) as (...given: unknown[]) => ReturnType<InferenceSession['run']>;
  session.run = (...given: unknown[]) => untilLost(current, () => run(...given));
  return session;
}
