import { changeTraining } from '../../state/actions.js';
import { data } from '../../state/load.js';
import { training } from '../../state/runs.js';
import { limits, settings } from '../../state/settings.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { Segmented } from '../parts/segmented.js';
import styles from './train.module.css';

/** Shots, epochs, seed, and the classes to learn. */
export function SettingsFields() {
  const words = t().train;
  const { split } = settings.value;
  const few = (data.value.value?.classNames.length ?? 4) < 4;
  return (
    <div class={styles.settings}>
      <NumberField name="shots" label={words.shots} hint={words.shotsHint} />
      <NumberField name="epochs" label={words.epochsLabel} hint={words.epochsHint} />
      <NumberField name="seed" label={words.seed} hint={words.seedHint} />
      {!few && (
        <div class={styles.wide}>
          <Segmented
            labelled
            label={words.split}
            value={split}
            options={[
              ['base-to-new', words.splits['base-to-new']],
              ['all', words.splits.all],
            ]}
            disabled={training.value !== undefined}
            onChange={value => void changeTraining({ split: value })}
          />
        </div>
      )}
    </div>
  );
}

function NumberField({ name, label, hint }: { name: keyof typeof limits; label: string; hint: string }) {
  const [least, most] = limits[name];
  return (
    <label class={controls.field}>
      {label}
      <input
        class={controls.input}
        type="number"
        inputMode="numeric"
        min={least}
        max={most}
        value={settings.value[name]}
        disabled={training.value !== undefined}
        onChange={event => {
          const value = Math.min(most, Math.max(least, Math.round(event.currentTarget.valueAsNumber)));
          event.currentTarget.value = String(Number.isFinite(value) ? value : settings.value[name]);
          if (Number.isFinite(value)) void changeTraining({ [name]: value });
        }}
      />
      <span class={controls.hint}>{hint}</span>
    </label>
  );
}
