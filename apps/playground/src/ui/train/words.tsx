import { t } from '../../strings/index.js';
import type { MethodResult } from '../../worker/protocol.js';
import styles from './details.module.css';

/** Most contexts to display of methods with several, or one for each class. */
const shown = 8;

/** The words nearest to each learned vector. */
export function Words({ result }: { result: MethodResult }) {
  const words = t().details;
  if (!result.words) return <p>{words.noWords}</p>;
  const rows = result.words.slice(0, shown).flatMap(({ classname, context, vectors }) =>
    vectors.map((near, i) => {
      const name = [classname, context && words.context(context), words.vector(i + 1)].filter(Boolean).join(', ');
      return { name, near };
    }),
  );
  return (
    <>
      <p>{words.words}</p>
      <table class={styles.words}>
        <tbody>
          {rows.map(({ name, near }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              {near.map(({ word, distance }) => (
                <td key={word}>
                  {word} <small>{words.distance(distance.toFixed(2))}</small>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </>
  );
}
