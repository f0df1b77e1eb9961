import { type Epoch, type Method, type TrainOptions, train } from '@dgprompt/methods';
import type { RunRecord } from '../records/record.js';

type Learned = RunRecord['epochs'];
type LearnOptions = TrainOptions & { onLine?(text: string): void };

/**
 * Trains, resuming from a checkpoint if there is one.
 * @returns all epochs, and in `resumed` the seconds that those of the checkpoint took
 */
export async function learn(
  method: Method,
  { onLine, ...options }: LearnOptions,
): Promise<{ epochs: Learned; resumed: number }> {
  const epochs: Epoch[] = [];
  let resumed = 0;
  const onResume = (earlier: readonly Epoch[]) => {
    epochs.push(...earlier);
    resumed = earlier.reduce((sum, { seconds }) => sum + seconds, 0);
    onLine?.(`resumes after epoch ${earlier.length} from its checkpoint`);
  };
  for await (const epoch of train(method, { ...options, onResume })) {
    epochs.push(epoch);
    const on = epoch.validation === undefined ? '' : `, ${epoch.validation.toFixed(2)} % on validation images`;
    const { number, loss, lr, seconds } = epoch;
    onLine?.(`epoch ${number}: loss ${loss.toFixed(4)}, learning rate ${lr}${on}, ${seconds.toFixed(2)} s`);
  }
  return { epochs: epochs.map(recorded), resumed };
}

const recorded = ({ number, loss, lr, validation, seconds }: Epoch): Learned[number] => ({
  number,
  loss,
  learningRate: lr,
  ...(validation !== undefined && { validation }),
  seconds,
});
