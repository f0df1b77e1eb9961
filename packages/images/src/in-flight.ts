/** Decoded bytes that all threads together may hold at a time; a single picture may be larger. */
export const MOST_BYTES = 256 * 2 ** 20;
/** Pictures that one thread reads and decodes in parallel: as many as the library has threads. */
const SIDE_BY_SIDE = 4;
/** Milliseconds between checks of what the other threads hold. */
const LOOK = 5;
/** Memory of pictures of at least this size is released at once: the collector would run too late. */
const LARGE = 64 * 2 ** 20;

const UNIT = 1024;

/** Memory that all threads hold, in kibibytes; workers share the counter of the thread that started them. */
let held = new Int32Array(new SharedArrayBuffer(4));
let reading = 0;
const waiting: (() => void)[] = [];

/** The shared counter, to pass to new threads. */
export const sharedCount = (): Int32Array<ArrayBufferLike> => held;

/** Uses the counter of another thread. */
export function countWith(shared: Int32Array<ArrayBufferLike> | undefined): void {
  if (shared) held = shared as typeof held;
}

/** Reserves bytes before they are decoded; may be called once. */
export type Reserve = (bytes: number) => Promise<void>;

/**
 * Works on one picture. Reserves its decoded size first, and waits while others hold too much: forty files of half a
 * megabyte may decode to twenty gigabytes.
 */
export async function oneOfMany<T>(work: (reserve: Reserve) => Promise<T>): Promise<T> {
  if (reading >= SIDE_BY_SIDE) await new Promise<void>(resolve => waiting.push(resolve));
  else reading++;
  let reserved = 0;
  try {
    return await work(async bytes => {
      const units = Math.max(1, Math.ceil(bytes / UNIT));
      while (!take(units)) await new Promise(resolve => setTimeout(resolve, LOOK));
      reserved = units;
    });
  } finally {
    if (isLarge(reserved * UNIT)) await collect();
    Atomics.sub(held, 0, reserved);
    const next = waiting.shift();
    if (next) next();
    else reading--;
  }
}

function take(units: number): boolean {
  for (;;) {
    const now = Atomics.load(held, 0);
    if (now > 0 && now + units > MOST_BYTES / UNIT) return false;
    if (Atomics.compareExchange(held, 0, now, now + units) === now) return true;
  }
}

let collector: (() => void) | undefined;
/** Frees unused memory: the library's is released in the next turns of the event loop. */
async function collect(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) {
    if (turn < 2) collector?.();
    await new Promise(resolve => setImmediate(resolve));
  }
}

/** Loads the collector, before the first large picture is released. */
export async function prepareCollector(): Promise<void> {
  if (collector) return;
  const [{ setFlagsFromString }, { runInNewContext }] = await Promise.all([import('node:v8'), import('node:vm')]);
  setFlagsFromString('--expose-gc');
  collector = runInNewContext('gc') as () => void;
}

/** Whether a picture of this many decoded bytes is released at once. */
export const isLarge = (bytes: number): boolean => bytes >= LARGE;
