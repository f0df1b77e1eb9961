import { createHash } from 'node:crypto';
import { cellText } from '@dgprompt/bench/tables';
import { escaped, type Html, html, raw } from './html.js';

/** Rows of numbers; the first row is the header. */
export type Numbers = readonly (readonly (string | number)[])[];

/** A button that copies numbers as tab-separated text for spreadsheets. Hidden if scripts do not run. */
export function copyButton(of: string, numbers: Numbers): Html {
  const tsv = numbers.map(row => row.map(value => escaped(cell(value))).join('&#9;')).join('&#10;');
  return html`<button type="button" class="copy" aria-label="Copy the numbers: ${of}" data-tsv="${raw(tsv)}">Copy</button>`;
}

/** A number in plain notation; any other text must not become a formula. */
function cell(value: string | number): string {
  const text = String(value).replace(/^−(?=\d)/, '-');
  return /^[-+]?\d+(\.\d+)?$/.test(text) ? text : cellText(text);
}

/** The page's only script. */
export const copyScript = `
document.documentElement.classList.add('scripted');
async function copied(text) {
  try { await navigator.clipboard.writeText(text); return true; } catch {}
  const area = Object.assign(document.createElement('textarea'), { value: text });
  document.body.append(area);
  area.select();
  const done = document.execCommand('copy');
  area.remove();
  return done;
}
addEventListener('click', async ({ target }) => {
  const button = target.closest?.('button.copy');
  if (!button) return;
  const done = await copied(button.dataset.tsv);
  button.focus();
  button.textContent = done ? 'Copied' : 'Not allowed';
  document.getElementById('said').textContent = done ? 'Copied.' : 'This browser did not allow copying.';
  setTimeout(() => { button.textContent = 'Copy'; }, 2000);
});
`;

/** Allows the page its pictures, its style and this one script, and nothing else: records are data. */
export const contentPolicy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${createHash('sha256').update(copyScript).digest('base64')}'`;
