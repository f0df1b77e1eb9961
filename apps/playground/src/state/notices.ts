import { signal } from '@preact/signals';

export interface Notice {
  id: number;
  kind: 'info' | 'warning' | 'error';
  text: string;
}

export const notices = signal<Notice[]>([]);

let last = 0;

/** Shows one line at the foot of the page until it is closed; the same line is shown once. */
export function say(kind: Notice['kind'], text: string): void {
  const others = notices.value.filter(notice => notice.text !== text);
  notices.value = [...others, { id: ++last, kind, text }].slice(-3);
}

export const close = (id: number): void => {
  notices.value = notices.value.filter(notice => notice.id !== id);
};
