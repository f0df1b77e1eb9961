import { signal } from '@preact/signals';
import { Crashed, Stopped } from '../worker/client.js';
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

/** Displays why something failed, unless the user has stopped it or the worker's client has said it. */
export function sayWhy(error: unknown): void {
  if (!(error instanceof Stopped || error instanceof Crashed)) say('error', sentenceOf(error));
}

export const close = (id: number): void => {
  notices.value = notices.value.filter(notice => notice.id !== id);
};
