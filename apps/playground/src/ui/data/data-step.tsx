import { chooseData } from '../../state/actions.js';
import { data } from '../../state/load.js';
import { defaults, own, settings } from '../../state/settings.js';
import { t } from '../../strings/index.js';
import { Notice } from '../parts/notice.js';
import { ProgressBar } from '../parts/progress.js';
import { Segmented } from '../parts/segmented.js';
import { Step } from '../step.js';
import styles from './data.module.css';
import { OwnImages } from './own-images.js';
import { Preview } from './preview.js';
import { TaskPicker } from './task-picker.js';

let lastTask = defaults.data;

/** Step 1: choose pictures. */
export function DataStep() {
  const words = t().data;
  const isOwn = settings.value.data === own;
  const { value, busy, error } = data.value;
  if (!isOwn) lastTask = settings.value.data;
  return (
    <Step id="data" number={1} title={words.title} lead={words.lead}>
      <div class={styles.top}>
        <Segmented
          label={words.title}
          value={isOwn ? own : 'task'}
          options={[
            ['task', words.task],
            [own, words.own],
          ]}
          onChange={kind => void chooseData(kind === own ? own : lastTask)}
        />
        {value && (
          <p class={styles.facts} data-testid="data-facts">
            {words.classes(value.classNames.length)} · {words.counts(...totals(value.counts))}
          </p>
        )}
      </div>
      {isOwn ? <OwnImages /> : <TaskPicker />}
      {busy && <ProgressBar label={words.loading} text={words.loading} />}
      {error && <Notice kind="error">{error}</Notice>}
      {value && value.warnings.length > 0 && (
        <div class={styles.warnings}>
          <h3>{words.warnings}</h3>
          {value.warnings.map(warning => (
            <Notice key={warning} kind="warning">
              {warning}
            </Notice>
          ))}
        </div>
      )}
      {value && !isOwn && <Preview facts={value} />}
    </Step>
  );
}

const sum = (counts: number[]) => counts.reduce((all, count) => all + count, 0);
const totals = ({ train, val, test }: Record<'train' | 'val' | 'test', number[]>) =>
  [sum(train), sum(val), sum(test)] as const;
