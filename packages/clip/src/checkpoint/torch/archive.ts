import { openZip, type ZipEntry } from '../../runtime/zip.js';
import { type Container, LARGEST_PICKLE, startInside } from './container.js';
import { torchGlobal } from './globals.js';
import { readPickle } from './pickle.js';
import { torchPersistent } from './tensor.js';

const MOST_ENTRIES = 200_000;

/** The format of `torch.save` since version 1.6 and of `torch.jit.save`: an uncompressed zip archive. */
export async function openArchive(path: string): Promise<Container> {
  const { entries, close } = await openZip(path, MOST_ENTRIES);
  try {
    const root = rootOf(entries);
    const order = entries.get(`${root}byteorder`);
    if (order && new TextDecoder().decode(await order.read(16)).trim() !== 'little')
      throw new Error('it was written on a machine with another byte order');
    const pickle = await entries.get(`${root}data.pkl`)!.read(LARGEST_PICKLE);
    const { value } = readPickle(pickle, { global: torchGlobal, persistent: torchPersistent });
    const starts = new Map<string, { start: number; size: number }>();
    return {
      value,
      script: entries.has(`${root}constants.pkl`),
      async start(storage) {
        const { key } = storage;
        const entry = entries.get(`${root}data/${key}`);
        if (entry && !starts.has(key)) starts.set(key, await dataOf(entry));
        return startInside(storage, starts.get(key));
      },
      close,
    };
  } catch (cause) {
    close();
    throw cause;
  }
}

/** The folder in the archive that holds everything, with a trailing slash. */
function rootOf(entries: ReadonlyMap<string, ZipEntry>): string {
  const pickles = [...entries.keys()].filter(name => /^[^/]+\/data\.pkl$/.test(name));
  if (pickles.length !== 1) throw new Error('it is an archive without one data.pkl in it');
  return pickles[0]!.slice(0, -'data.pkl'.length);
}

/** Where data starts in the file: PyTorch never compresses it, so that it can be read in place. */
async function dataOf(entry: ZipEntry): Promise<{ start: number; size: number }> {
  if (!entry.isPlain) throw new Error('its data is compressed, which PyTorch does not do');
  return { start: await entry.start(), size: entry.size };
}
