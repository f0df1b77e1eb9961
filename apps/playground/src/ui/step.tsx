import type { ComponentChildren } from 'preact';
import styles from './step.module.css';

interface Props {
  id: string;
  number: number;
  title: string;
  lead: string;
  children: ComponentChildren;
}

/** One of the five steps. */
export const Step = ({ id, number, title, lead, children }: Props) => (
  <section class={styles.step} id={id} aria-labelledby={`${id}-title`}>
    <header class={styles.head}>
      <h2 id={`${id}-title`} tabIndex={-1}>
        <span class={styles.number} aria-hidden="true">
          {number}
        </span>
        {title}
      </h2>
      <p>{lead}</p>
    </header>
    <div class={styles.card}>{children}</div>
  </section>
);
