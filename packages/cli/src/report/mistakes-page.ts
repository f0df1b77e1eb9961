import { thumbnail } from '@dgprompt/images';
import type { Examination, Judgement } from '@dgprompt/methods/evaluation';
import { bare, confusion, matrixClasses } from './confusion.js';
import { contentPolicy, copyScript } from './copy.js';
import { type Html, html, raw } from './html.js';
import { sharedStyle } from './shared-style.js';

/** Most mistakes displayed with a picture, and the longer side of a picture in pixels. */
const shownMistakes = 200;
const pictureSide = 160;

/**
 * A page of a classifier's mistakes with thumbnails, most confident first: one self-contained HTML file.
 * @param about.title of the page
 * @param about.what the images, as `98 test images`
 */
export async function mistakesPage(found: Examination, about: { title: string; what: string }): Promise<string> {
  const { classNames, mistakes, perClass, top1 } = found;
  const figures: Html[] = [];
  for (const mistake of mistakes.slice(0, shownMistakes)) figures.push(await figure(mistake, classNames));
  const more = mistakes.length - figures.length;
  const classes = [...perClass].sort((a, b) => a.accuracy - b.accuracy);
  const page = html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${contentPolicy}">
<title>${about.title}</title>
<style>${raw(style)}</style>
<main>
<h1>${about.title}</h1>
<p><strong>${top1.toFixed(1)} %</strong> of ${about.what} correct, ${mistakes.length} wrong.</p>
<h2>Mistakes, most confident first</h2>
${figures.length === 0 ? html`<p>None.</p>` : html`<ol class="mistakes">${figures}</ol>`}
${more > 0 && html`<p>And ${more} more, which were less confident.</p>`}
<h2>Confusions</h2>
${confusionTable(found)}
<h2>Classes</h2>
<table>
<thead><tr><th scope="col">class</th><th scope="col">images</th><th scope="col">top-1 %</th></tr></thead>
<tbody>${classes.map(
    ({ classname, total, accuracy }) =>
      html`<tr><th scope="row">${classname}</th><td>${total}</td><td>${accuracy.toFixed(1)}</td></tr>\n`,
  )}</tbody>
</table>
</main>
<p id="said" class="unseen" role="status"></p>
<script>${raw(copyScript)}</script>
</html>
`;
  return page.html;
}

async function figure({ path, label, predicted, score, ownScore }: Judgement, classNames: string[]): Promise<Html> {
  const own = classNames[label]!;
  const source = `data:image/jpeg;base64,${Buffer.from(await thumbnail(path, pictureSide)).toString('base64')}`;
  const percent = (x: number) => `${(100 * x).toFixed(x < 0.0995 ? 1 : 0)} %`;
  const short = path.split(/[\\/]/).slice(-2).join('/');
  return html`<li><figure><img src="${raw(source)}" alt="An image of ${own}" loading="lazy">
<figcaption><b>${classNames[predicted]!}</b> ${percent(score)}<br>is ${own} ${percent(ownScore)}<br><small title="${path}">${short}</small></figcaption></figure></li>\n`;
}

function confusionTable(found: Examination): Html {
  const { classNames, judgements } = found;
  if (classNames.length > matrixClasses) return confusionList(found);
  const counts = bare<Record<string, number>>();
  for (const name of classNames) counts[name] = bare<number>();
  for (const { label, predicted } of judgements) {
    const row = counts[classNames[label]!]!;
    row[classNames[predicted]!] = (row[classNames[predicted]!] ?? 0) + 1;
  }
  return confusion(counts, 'all images');
}

function confusionList({ classNames, confusions }: Examination): Html {
  if (confusions.length === 0) return html`<p>None.</p>`;
  const rows = confusions
    .slice(0, 100)
    .map(
      ({ label, predicted, mistakes }) =>
        html`<tr><th scope="row">${classNames[label]}</th><td>${classNames[predicted]}</td><td>${mistakes.length}</td></tr>\n`,
    );
  return html`<table><thead><tr><th scope="col">is</th><th scope="col">taken for</th><th scope="col">times</th></tr></thead>
<tbody>${rows}</tbody></table>`;
}

const style = `${sharedStyle}
main { max-width: 76rem; margin: 0 auto; padding: var(--s3); }
h1, h2 { line-height: 1.2; font-weight: 650; }
h1 { font-size: var(--t4); }
h2 { font-size: var(--t3); margin: var(--s5) 0 var(--s3); }
.mistakes { list-style: none; padding: 0; display: grid; gap: var(--s3); grid-template-columns: repeat(auto-fill, minmax(10rem, 1fr)); }
.mistakes figure { overflow-wrap: anywhere; }
img { display: block; width: 100%; height: 10rem; object-fit: contain; background: var(--raised); border-radius: 6px; }
`;
