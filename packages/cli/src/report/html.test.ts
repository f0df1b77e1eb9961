import { expect, test } from 'vitest';
import { html, raw } from './html.js';
import { nasty, parsed } from './parsed.js';

test('what is put into a template stands there as text, also in attributes and in lists', () => {
  const page = parsed(html`<p title="${nasty}">${[nasty, html`<b>${nasty}</b>`]}</p>`);
  expect(page.all('img')).toEqual([]);
  expect(page.text).toBe(nasty + nasty);
  expect(page.all('p')[0]?.getAttribute('title')).toBe(nasty);
});

test('markup stays markup, and nothing comes of what is not there', () => {
  expect(html`<p>${raw('<br>')}${false}${undefined}${null}${0}</p>`.html).toBe('<p><br>0</p>');
});
