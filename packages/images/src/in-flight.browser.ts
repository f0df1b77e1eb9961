/** Reserves bytes before they are decoded; may be called once. */
export type Reserve = (bytes: number) => Promise<void>;

/** Pictures decoded in parallel, by the browser's own threads. */
const SIDE_BY_SIDE = 4;

let reading = 0;
const waiting: (() => void)[] = [];

/** Works on one picture once it is its turn. */
export async function oneOfMany<T>(work: (reserve: Reserve) => Promise<T>): Promise<T> {
  if (reading >= SIDE_BY_SIDE) await new Promise<void>(resolve => waiting.push(resolve));
  else reading++;
  try {
    return await work(async () => {});
  } finally {
    const next = waiting.shift();
    if (next) next();
    else reading--;
  }
}

export const prepareCollector = async (): Promise<void> => {};

export const isLarge = (_bytes: number): boolean => false;
