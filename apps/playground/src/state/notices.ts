import { signal } from '@preact/signals';
import { sentenceOf } from './sentence.js';

export interface Notice {
  id: number;
  kind: 'info' | 'warning' | 'error';
  text: string;
}

export const notices = signal<Notice[]>([]);

let last = 0;

/** Milliseconds for which purely informational notices are displayed. */
const patience = 6000;

/** Displays a line at the foot of the page until it is closed, or for a while; duplicates are merged. */
export function say(kind: Notice['kind'], text: string): void {
  const others = notices.value.filter(notice => notice.text !== text);
  const id = ++last;
  notices.value = [...others, { id, kind, text }].slice(-3);
  if (kind === 'info') setTimeout(() => close(id), patience);
}

/** Displays why something failed. */
export const sayWhy = (error: unknown): void => say('error', sentenceOf(error));

export const close = (id: number): void => {
  notices.value = notices.value.filter(notice => notice.id !== id);
};
