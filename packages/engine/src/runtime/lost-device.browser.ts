/** The part of a WebGPU device used here. */
interface Device {
  lost: Promise<{ message: string }>;
}

/**
 * The work that waits for a device, and the error that it fails with once the device is lost. Racing each run against
 * `lost` would leave a handler on it for every training step.
 */
interface Watch {
  waiting: Set<(error: Error) => void>;
  lost?: Error;
}
const watches = new WeakMap<Device, Watch>();

/** How long, in milliseconds, a device may take to report its loss after work on it has failed because of it. */
const SAYS_SO = 500;

/** The result of `work` on a device; fails once the device is lost, when ONNX Runtime might wait forever. */
export function untilLost<T>(device: Device, work: () => Promise<T>): Promise<T> {
  const watch = watchOf(device);
  return new Promise((resolve, reject) => {
    if (watch.lost) return reject(watch.lost);
    watch.waiting.add(reject);
    work()
      .then(resolve, async error => {
        await Promise.race([device.lost, new Promise(passed => setTimeout(passed, SAYS_SO))]);
        reject(error); // unless the watch has rejected
      })
      .finally(() => watch.waiting.delete(reject));
  });
}

function watchOf(device: Device): Watch {
  const known = watches.get(device);
  if (known) return known;
  const watch: Watch = { waiting: new Set() };
  watches.set(device, watch);
  void device.lost.then(({ message }) => {
    watch.lost = new Error(`The device was lost. ${message}`.trim());
    for (const fail of watch.waiting) fail(watch.lost);
  });
  return watch;
}
