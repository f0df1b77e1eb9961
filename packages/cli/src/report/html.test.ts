import { expect, test } from 'vitest';
import { html, raw } from './html.js';
import { nasty, parsed } from './parsed.js';

test('values in a template are escaped, including those in attributes and lists', () => {
  const page = parsed(html`<p title="${nasty}">${[nasty, html`<b>${nasty}</b>`]}</p>`);
  expect(page.all('img')).toEqual([]);
  expect(page.text).toBe(nasty + nasty);
  expect(page.all('p')[0]?.getAttribute('title')).toBe(nasty);
});

test('markup is not escaped, and missing values print nothing', () => {
  expect(html`<p>${raw('<br>')}${false}${undefined}${null}${0}</p>`.html).toBe('<p><br>0</p>');
});
