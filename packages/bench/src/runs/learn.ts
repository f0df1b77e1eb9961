import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@dgprompt/io';
import { type Epoch, type Method, type TrainOptions, train } from '@dgprompt/methods';
import type { RunRecord } from '../records/record.js';
import type { ProtocolSplit } from '../suites/protocols/protocol.js';

type Learned = RunRecord['epochs'];
type LearnOptions = TrainOptions & { onLine?(text: string): void };

/** Trains, and resumes from a checkpoint if there is one; `epochs.json` next to it holds the epochs before it. */
export async function learn(
  method: Method,
  base: ProtocolSplit['train'],
  { onLine, ...options }: LearnOptions,
): Promise<Learned> {
  const file = options.checkpoint && join(options.checkpoint, 'epochs.json');
  const earlier = file ? await readEpochs(file) : [];
  const epochs: Learned = [];
  const all = (): Learned => [...earlier.filter(({ number }) => number < (epochs[0]?.number ?? Infinity)), ...epochs];
  const beforeCheckpoint = async (epoch: Epoch) => {
    const before = all().filter(({ number }) => number < epoch.number);
    await mkdir(options.checkpoint!, { recursive: true });
    await writeFileAtomic(file!, JSON.stringify([...before, recorded(epoch)]));
  };
  for await (const epoch of train(method, base.train, { ...options, ...(file && { beforeCheckpoint }) })) {
    if (epochs.length === 0 && epoch.number > 1) onLine?.(resumes(epoch.number - 1));
    epochs.push(recorded(epoch));
    const on = epoch.validation === undefined ? '' : `, ${epoch.validation.toFixed(2)} % on validation images`;
    const { number, loss, lr, seconds } = epoch;
    onLine?.(`epoch ${number}: loss ${loss.toFixed(4)}, learning rate ${lr}${on}, ${seconds.toFixed(2)} s`);
  }
  if (epochs.length === 0 && earlier.length > 0) onLine?.(resumes(earlier.length)); // interrupted while testing
  return all();
}

const recorded = ({ number, loss, lr, validation, seconds }: Epoch): Learned[number] => ({
  number,
  loss,
  learningRate: lr,
  ...(validation !== undefined && { validation }),
  seconds,
});

const resumes = (epoch: number): string => `resumes after epoch ${epoch} from its checkpoint`;

async function readEpochs(file: string): Promise<Learned> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Learned;
  } catch {
    return [];
  }
}
