import type { ComponentChildren } from 'preact';
import styles from './progress.module.css';

interface Props {
  label: string;
  /** From 0 to 1; undefined while unknown. */
  share?: number | undefined;
  text?: string;
  aside?: ComponentChildren;
}

export const ProgressBar = ({ label, share, text, aside }: Props) => (
  <div class={styles.progress}>
    <div
      class={styles.track}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={share === undefined ? undefined : Math.round(100 * share)}
      aria-valuetext={text}
    >
      {share === undefined ? (
        <div class={`${styles.bar} ${styles.unknown}`} />
      ) : (
        <div class={styles.bar} style={{ transform: `scaleX(${share})` }} />
      )}
    </div>
    {(text || aside) && (
      <div class={styles.text}>
        <span>{text}</span>
        <span>{aside}</span>
      </div>
    )}
  </div>
);
