import type { ComponentChildren } from 'preact';
import { close, type Notice as Kind, notices } from '../../state/notices.js';
import { t } from '../../strings/index.js';
import { IconButton } from './button.js';
import { Cross } from './icons.js';
import styles from './notice.module.css';

const classes = { info: styles.notice, warning: styles.warning, error: styles.error };

/** A one-line notice. */
export const Notice = ({ kind = 'info', children }: { kind?: Kind['kind']; children: ComponentChildren }) => (
  <div class={classes[kind]} role={kind === 'error' ? 'alert' : undefined}>
    <div class={styles.text}>{children}</div>
  </div>
);

/** Notices of the whole page, until they are closed. */
export const Notices = () => (
  <div class={styles.shelf} role="status" aria-live="polite">
    {notices.value.map(({ id, kind, text }) => (
      <div key={id} class={classes[kind]}>
        <div class={styles.text}>{text}</div>
        <IconButton label={t().page.close} onClick={() => close(id)}>
          <Cross />
        </IconButton>
      </div>
    ))}
  </div>
);
