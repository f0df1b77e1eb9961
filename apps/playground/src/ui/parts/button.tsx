import type { ComponentChildren, JSX } from 'preact';
import styles from '../../style/controls.module.css';

interface Props {
  children: ComponentChildren;
  onClick(): void;
  kind?: 'primary' | 'quiet';
  small?: boolean;
  disabled?: boolean;
  /** For screen readers, if the text alone is not clear. */
  label?: string;
  busy?: boolean;
}

/** A button that stays reachable by keyboard while disabled, so that focus is not lost. */
export function Button({ children, onClick, kind, small, disabled, label, busy }: Props): JSX.Element {
  return (
    <button
      type="button"
      class={`${kind ? styles[kind] : styles.button} ${small ? styles.small : ''}`}
      aria-disabled={disabled ? 'true' : undefined}
      aria-label={label}
      aria-busy={busy ? 'true' : undefined}
      onClick={() => !disabled && onClick()}
    >
      {children}
    </button>
  );
}

/** A small button with an icon only. */
export function IconButton({ label, onClick, children }: Pick<Props, 'onClick' | 'children'> & { label: string }) {
  return (
    <button type="button" class={styles.icon} aria-label={label} title={label} onClick={onClick}>
      {children}
    </button>
  );
}
