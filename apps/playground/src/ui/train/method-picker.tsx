import { useState } from 'preact/hooks';
import { methods } from '../../state/load.js';
import { training } from '../../state/runs.js';
import { change, defaults, settings } from '../../state/settings.js';
import { t } from '../../strings/index.js';
import controls from '../../style/controls.module.css';
import type { MethodFacts } from '../../worker/protocol.js';
import { Swatch } from '../charts/mark.js';
import { lookOf } from '../charts/series.js';
import { Button } from '../parts/button.js';
import styles from './train.module.css';

/** All suitable methods, with the most commonly compared ones first. */
export function MethodPicker() {
  const words = t().train;
  const [all, setAll] = useState(false);
  const chosen = settings.value.methods;
  const isFirst = ({ id }: MethodFacts) => defaults.methods.includes(id) || chosen.includes(id);
  const shown = all ? methods.value : methods.value.filter(isFirst);
  const rest = methods.value.length - methods.value.filter(isFirst).length;
  return (
    <fieldset>
      <legend class={controls.hidden}>{words.methods}</legend>
      <div class={styles.methods}>
        {shown.map(method => (
          <Method key={method.id} {...method} />
        ))}
      </div>
      {rest > 0 && (
        <Button kind="quiet" small onClick={() => setAll(!all)}>
          {all ? words.fewerMethods : words.moreMethods(rest)}
        </Button>
      )}
    </fieldset>
  );
}

function Method({ id, title, summary, training: kind, epochs, refusal }: MethodFacts) {
  const words = t().train;
  const { methods: chosen } = settings.value;
  const effort = kind === 'none' ? words.noTraining : kind === 'fit' ? words.fit : words.epochs(epochs);
  const all = methods.value.map(method => method.id);
  return (
    <label class={styles.method}>
      <input
        type="checkbox"
        name="method"
        value={id}
        checked={chosen.includes(id) && !refusal}
        disabled={refusal !== undefined || training.value !== undefined}
        onChange={event =>
          change({ methods: event.currentTarget.checked ? [...chosen, id] : chosen.filter(one => one !== id) })
        }
      />
      <b>
        {title} <Swatch look={lookOf(id, all)} />
      </b>
      <small>
        {refusal ?? summary} {!refusal && `· ${effort}`}
      </small>
    </label>
  );
}
