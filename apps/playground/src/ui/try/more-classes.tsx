import { useState } from 'preact/hooks';
import { addClass, moreClasses, removeClass } from '../../state/tries.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import { IconButton } from '../parts/button.js';
import { Cross } from '../parts/icons.js';
import styles from './try.module.css';

/** Adds new classes by name alone. */
export function MoreClasses() {
  const words = t().try;
  const [name, setName] = useState('');
  return (
    <div class={styles.more}>
      <form
        class={styles.form}
        onSubmit={event => {
          event.preventDefault();
          void addClass(name);
          setName('');
        }}
      >
        <label class={controls.field}>
          {words.more}
          <input
            class={controls.input}
            id="more-class"
            value={name}
            placeholder={words.morePlaceholder}
            autocomplete="off"
            maxLength={80}
            onInput={event => setName(event.currentTarget.value)}
          />
        </label>
        <button type="submit" class={controls.button}>
          {words.add}
        </button>
      </form>
      {moreClasses.value.length === 0 ? (
        <p class={controls.hint}>{words.moreHint}</p>
      ) : (
        <ul class={styles.tags} aria-label={words.added}>
          {moreClasses.value.map(one => (
            <li key={one}>
              {one}
              <IconButton label={words.remove(one)} onClick={() => void removeClass(one)}>
                <Cross />
              </IconButton>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
