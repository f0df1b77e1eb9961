import { t } from '../../strings/index.js';
import type { TestFacts } from '../../worker/protocol.js';
import styles from './confusion.module.css';

/** Shades in steps, in addition to the number in the cell. */
const shade = (share: number) =>
  share === 0
    ? undefined
    : {
        background: `color-mix(in oklab, var(--series-1) ${Math.round(15 + 85 * share)}%, var(--sunken))`,
        color: share > 0.45 ? 'light-dark(#fff, #04151f)' : 'var(--ink)',
      };

/** Confused classes: a table, and the most frequent mistakes in words. */
export function Confusion({ classNames, confusion }: TestFacts) {
  const words = t().details;
  const mistakes = confusion
    .flatMap((row, label) => row.map((count, taken) => ({ label, taken, count })))
    .filter(({ label, taken, count }) => label !== taken && count > 0)
    .sort((a, b) => b.count - a.count)
    .slice(0, 10);
  return (
    <div class={styles.panel}>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard */}
      <section class={styles.scroll} tabIndex={0} aria-label={words.confusion}>
        <table class={styles.table}>
          <thead>
            <tr>
              <td class={styles.corner} />
              {classNames.map(name => (
                <th key={name} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {confusion.map((row, label) => {
              const total = row.reduce((sum, count) => sum + count, 0) || 1;
              return (
                <tr key={classNames[label]}>
                  <th scope="row">{classNames[label]}</th>
                  {row.map((count, taken) => (
                    <td
                      key={classNames[taken]}
                      class={label === taken ? styles.right : undefined}
                      style={shade(count / total)}
                      title={words.cell(classNames[label]!, classNames[taken]!, count)}
                    >
                      {count || ''}
                    </td>
                  ))}
                </tr>
              );
            })}
          </tbody>
        </table>
      </section>
      <div>
        <h4>{words.mostConfused}</h4>
        {mistakes.length === 0 && <p>{words.noMistakes}</p>}
        <ul class={styles.list}>
          {mistakes.map(({ label, taken, count }) => (
            <li key={`${label} ${taken}`}>
              <span>{words.taken(classNames[label]!, classNames[taken]!)}</span>
              <span>{count}</span>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
