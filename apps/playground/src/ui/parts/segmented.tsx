import { useId } from 'preact/hooks';
import controls from '../../style/controls.module.css';
import styles from './segmented.module.css';

interface Props<V extends string> {
  label: string;
  value: V;
  options: readonly (readonly [value: V, text: string])[];
  onChange(value: V): void;
  /** Whether the label is visible. */
  labelled?: boolean;
  disabled?: boolean;
}

/** One of a few choices, as radio buttons. */
export function Segmented<V extends string>({ label, value, options, onChange, labelled, disabled }: Props<V>) {
  const name = useId();
  return (
    <fieldset class={labelled ? controls.field : undefined} disabled={disabled}>
      <legend class={labelled ? undefined : controls.hidden}>{label}</legend>
      <div class={styles.group}>
        {options.map(([option, text]) => (
          <label key={option} class={styles.option}>
            <input type="radio" name={name} checked={option === value} onChange={() => onChange(option)} />
            {text}
          </label>
        ))}
      </div>
    </fieldset>
  );
}
