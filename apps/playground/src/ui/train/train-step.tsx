import { ready } from '../../state/load.js';
import { runs } from '../../state/runs.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Step } from '../step.js';
import { Curves } from './curves.js';
import { Details } from './details.js';
import { Go } from './go.js';
import { MethodPicker } from './method-picker.js';
import { ResultsTable } from './results-table.js';
import { SettingsFields } from './settings-fields.js';
import styles from './train.module.css';

/** Step 3: choose methods and compare them. */
export function TrainStep() {
  const words = t().train;
  return (
    <Step id="train" number={3} title={words.title} lead={words.lead}>
      {ready.value ? <MethodPicker /> : <p class={controls.hint}>{words.waitFor}</p>}
      <SettingsFields />
      <div class={styles.go}>
        <Go />
        {runs.value.length === 0 ? (
          <p class={controls.hint}>{words.empty}</p>
        ) : (
          <>
            <Curves />
            <ResultsTable />
          </>
        )}
      </div>
      <Details />
    </Step>
  );
}
