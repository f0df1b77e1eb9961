import { type Epoch, type Method, type TrainOptions, train } from '@dgprompt/methods';
import type { RunRecord } from '../records/record.js';

type Learned = RunRecord['epochs'];
type LearnOptions = TrainOptions & { onLine?(text: string): void };

/** Trains, resuming from a checkpoint if there is one. */
export async function learn(method: Method, { onLine, ...options }: LearnOptions): Promise<Learned> {
  const epochs: Epoch[] = [];
  const onResume = (earlier: readonly Epoch[]) => {
    epochs.push(...earlier);
    onLine?.(`resumes after epoch ${earlier.length} from its checkpoint`);
  };
  for await (const epoch of train(method, { ...options, onResume })) {
    epochs.push(epoch);
    const on = epoch.validation === undefined ? '' : `, ${epoch.validation.toFixed(2)} % on validation images`;
    const { number, loss, lr, seconds } = epoch;
    onLine?.(`epoch ${number}: loss ${loss.toFixed(4)}, learning rate ${lr}${on}, ${seconds.toFixed(2)} s`);
  }
  return epochs.map(recorded);
}

const recorded = ({ number, loss, lr, validation, seconds }: Epoch): Learned[number] => ({
  number,
  loss,
  learningRate: lr,
  ...(validation !== undefined && { validation }),
  seconds,
});
