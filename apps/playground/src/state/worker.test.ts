import { beforeEach, expect, it, vi } from 'vitest';
import { Stopped } from '../worker/client.js';
import type { Request } from '../worker/protocol.js';
import { chooseDevice } from './actions.js';
import { notices } from './notices.js';
import { restart, worker } from './worker.js';

/** Refuses to start, as with a WebGPU device that does not work; never answers other calls. */
class FaultyWorker {
  onmessage?: (event: { data: unknown }) => void;
  postMessage(request: Request) {
    if (request.type !== 'call' || request.name !== 'start') return;
    const message = "Device 'webgpu' does not start on this machine.";
    queueMicrotask(() => this.onmessage?.({ data: { type: 'error', id: request.id, message, stopped: false } }));
  }
  terminate() {}
}

beforeEach(() => {
  vi.stubGlobal('Worker', FaultyWorker);
  vi.stubGlobal('document', { baseURI: 'http://localhost/' });
  vi.stubGlobal('history', { replaceState() {} });
  vi.stubGlobal('location', { pathname: '/', search: '', hash: '' });
  notices.value = [];
});

it('says why the worker did not start on the chosen device', async () => {
  await chooseDevice('webgpu');
  expect(notices.value.map(({ text }) => text)).toEqual(["Device 'webgpu' does not start on this machine."]);
});

it('ends the calls that a terminated worker has not answered', async () => {
  const settings = { shots: 1, epochs: 0, seed: 1, split: 'all' as const };
  const download = worker().call('download', { kind: 'onnx', method: 'coop', title: '', settings });
  restart();
  await expect(download).rejects.toThrow(Stopped);
});
