import { parseHTML } from 'linkedom';
import type { Html } from './html.js';

/** The parts of an element that tests use. */
export interface Found {
  textContent: string | null;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<Found>;
}

/** Parses a piece of a page, for tests. */
export function parsed({ html }: Html): { all(selector: string): Found[]; text: string } {
  const { document } = parseHTML(`<!doctype html><html><body>${html}</body></html>`);
  return {
    all: selector => [...document.querySelectorAll(selector)] as Found[],
    text: document.body.textContent ?? '',
  };
}

/** A name that would run a script if it were not escaped. */
export const nasty = `<img src=x onerror="alert('&amp;')">`;
