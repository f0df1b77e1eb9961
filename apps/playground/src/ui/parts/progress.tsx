import type { ComponentChildren } from 'preact';
import styles from './progress.module.css';

interface Props {
  label: string;
  /** From 0 to 1. */
  share: number;
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
      aria-valuenow={Math.round(100 * share)}
      aria-valuetext={text}
    >
      <div class={styles.bar} style={{ transform: `scaleX(${share})` }} />
    </div>
    {(text || aside) && (
      <div class={styles.text}>
        <span>{text}</span>
        <span>{aside}</span>
      </div>
    )}
  </div>
);
