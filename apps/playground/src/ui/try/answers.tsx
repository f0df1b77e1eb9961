import { methods } from '../../state/load.js';
import { current, moreClasses } from '../../state/tries.js';
import { t } from '../../strings/index.js';
import type { Answer } from '../../worker/protocol.js';
import { Swatch } from '../charts/mark.js';
import { lookOf } from '../charts/series.js';
import styles from './try.module.css';

/** Every method's probabilities, side by side. */
export const Answers = () => {
  const { answers, busy } = current.value;
  return (
    <div class={styles.answers} aria-busy={busy ? 'true' : undefined} data-testid="answers">
      {answers.map(answer => (
        <MethodAnswer key={answer.method} {...answer} />
      ))}
    </div>
  );
};

function MethodAnswer({ method, title, guesses, refusal, milliseconds }: Answer) {
  const words = t().try;
  const look = lookOf(
    method,
    methods.value.map(({ id }) => id),
  );
  return (
    <article class={styles.answer} aria-label={title} data-method={method}>
      <h3>
        <Swatch look={look} /> {title} <small>{words.milliseconds(milliseconds)}</small>
      </h3>
      {refusal && <p>{t().train.closed}</p>}
      <ol>
        {guesses.map(({ label, score }, i) => (
          <li key={label} class={styles.guess} style={{ '--share': score, '--color': look.color }}>
            <span>
              {i === 0 ? <b>{label}</b> : label} {moreClasses.value.includes(label) && <i>{words.isNew}</i>}
            </span>
            <span>{percent(score)}</span>
          </li>
        ))}
      </ol>
    </article>
  );
}

const percent = (score: number) => `${(100 * score).toFixed(score < 0.0995 ? 1 : 0)} %`;
