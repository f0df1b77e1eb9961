import { chooseData } from '../../state/actions.js';
import { settings } from '../../state/settings.js';
import { environment } from '../../state/worker.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import styles from './data.module.css';

/** The ready-made tasks, as radio buttons. */
export function TaskPicker() {
  const words = t().data;
  return (
    <fieldset>
      <legend class={controls.hidden}>{words.task}</legend>
      <div class={styles.tasks}>
        {(environment.value?.tasks ?? []).map(({ id, title, classes, images }) => (
          <label key={id} class={styles.task}>
            <input
              type="radio"
              name="task"
              value={id}
              checked={settings.value.data === id}
              onChange={() => void chooseData(id)}
            />
            <b>{title}</b>
            <small>
              {words.classes(classes)} · {words.pictures(images)}
            </small>
          </label>
        ))}
      </div>
    </fieldset>
  );
}
